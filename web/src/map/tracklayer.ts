/**
 * Tracks in WebGL2, straight from the bytes of the socket: the 28-byte records are the vertex buffer, the shader does the
 * projection. Offsets from the view's centre are taken in whole 1e-7 degrees, so a symbol never jitters, however close the view.
 */

import { HEADER_BYTES, RECORD_BYTES, type Frame } from "../pure/frame";
import { atlas } from "./glyphs";
import { fragment, vertex } from "./shaders";

export type Pass = "circles" | "calm" | "loud";
const PASS: Record<Pass, number> = { circles: 0, calm: 1, loud: 2 };

export interface Look {
  colours: number[]; // calm, advisory, warning, critical, own: 5 × rgb in 0…1
  edges: number[]; // halo of calm symbols, outline of alarmed ones: 2 × rgb
}

export interface Where {
  lat_deg: number;
  lon_deg: number;
  zoom: number;
  width: number;
  height: number;
}

function compile(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error("no shader");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "shader");
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "program");
  return program;
}

export class TrackPainter {
  private program: WebGLProgram | null = null;
  private vao: WebGLVertexArrayObject | null = null;
  private records: WebGLBuffer | null = null;
  private styles: WebGLBuffer | null = null;
  private texture: WebGLTexture | null = null;
  private at = new Map<string, WebGLUniformLocation | null>();
  private fresh: { frame: Frame; styles: Uint8Array } | null = null;
  private last: { frame: Frame; styles: Uint8Array } | null = null;
  private count = 0;
  look: Look = { colours: new Array<number>(15).fill(0), edges: new Array<number>(6).fill(1) };

  start(gl: WebGL2RenderingContext): void {
    if (this.program) return;
    this.program = compile(gl);
    for (const name of ["u_centre", "u_world", "u_half", "u_pass", "u_colour", "u_edge", "u_atlas", "u_size"]) {
      this.at.set(name, gl.getUniformLocation(this.program, name));
    }
    this.records = gl.createBuffer();
    this.styles = gl.createBuffer();
    this.vao = gl.createVertexArray();
    gl.bindVertexArray(this.vao);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.records);
    const whole = (index: number, size: number, type: number, stride: number, offset: number): void => {
      gl.enableVertexAttribArray(index);
      gl.vertexAttribIPointer(index, size, type, stride, offset);
      gl.vertexAttribDivisor(index, 1);
    };
    whole(0, 2, gl.INT, RECORD_BYTES, HEADER_BYTES + 4);
    whole(1, 2, gl.UNSIGNED_SHORT, RECORD_BYTES, HEADER_BYTES + 16);
    whole(2, 1, gl.UNSIGNED_SHORT, RECORD_BYTES, HEADER_BYTES + 22);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.styles);
    whole(3, 1, gl.UNSIGNED_BYTE, 1, 0);
    gl.bindVertexArray(null);
    this.paintAtlas(gl);
  }

  private paintAtlas(gl: WebGL2RenderingContext): void {
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, atlas());
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  take(frame: Frame, styles: Uint8Array): void {
    this.fresh = this.last = { frame, styles };
  }

  /** The context or the style was replaced: what was in it is made again, and the last frame goes in again. */
  forget(): void {
    this.program = null;
    this.fresh = this.last;
  }

  draw(gl: WebGL2RenderingContext, pass: Pass, where: Where): void {
    if (!this.program) return;
    if (this.fresh) {
      gl.bindVertexArray(null);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.records);
      gl.bufferData(gl.ARRAY_BUFFER, new Uint8Array(this.fresh.frame.buffer), gl.DYNAMIC_DRAW);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.styles);
      gl.bufferData(gl.ARRAY_BUFFER, this.fresh.styles, gl.DYNAMIC_DRAW);
      this.count = this.fresh.frame.count;
      this.fresh = null;
    }
    if (this.count === 0) return;
    gl.useProgram(this.program);
    gl.bindVertexArray(this.vao);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.STENCIL_TEST);
    gl.disable(gl.CULL_FACE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const u = (name: string): WebGLUniformLocation | null => this.at.get(name) ?? null;
    gl.uniform2i(u("u_centre"), Math.round(where.lat_deg * 1e7), Math.round(where.lon_deg * 1e7));
    gl.uniform1f(u("u_world"), 512 * 2 ** where.zoom);
    gl.uniform2f(u("u_half"), where.width / 2, where.height / 2);
    gl.uniform1i(u("u_pass"), PASS[pass]);
    gl.uniform3fv(u("u_colour"), this.look.colours);
    gl.uniform3fv(u("u_edge"), this.look.edges);
    gl.uniform1i(u("u_atlas"), 0);
    gl.uniform1f(u("u_size"), where.zoom < 4 ? 0.6 : where.zoom < 6 ? 0.8 : 1);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.count);
    gl.bindVertexArray(null);
  }
}
