/** The track symbols' shaders: projection, size, rotation and colour of one record; flags as in docs/api.md. */

export const vertex = `#version 300 es
precision highp float;
precision highp int;
layout(location=0) in ivec2 a_at;      // latitude, longitude, 1e-7 degrees
layout(location=1) in uvec2 a_course;  // track 0.01 degrees (65535 unknown), flags
layout(location=2) in uint a_wide;     // uncertainty, 10 m
layout(location=3) in uint a_style;    // bits 0-1 alarm, bit 2 chosen, bit 3 bare
uniform ivec2 u_centre;
uniform float u_world;
uniform vec2 u_half;
uniform int u_pass;
uniform float u_size;
out vec2 v_at;        // -1 … 1 in the quad
flat out vec2 v_turn; // cosine, sine of the track
flat out int v_class;
flat out int v_alarm;
flat out int v_flags;
flat out float v_radius;
flat out int v_bare;
const float RAD = 0.017453292519943295;
const float TAU = 6.283185307179586;

float eastward() {
  float rough = float(a_at.y) - float(u_centre.y);
  if (abs(rough) < 1.0e9) return float(a_at.y - u_centre.y) * 1e-7 / 360.0;
  rough = rough > 1.8e9 ? rough - 3.6e9 : rough < -1.8e9 ? rough + 3.6e9 : rough;
  return rough * 1e-7 / 360.0;
}

float southward() {
  float d = float(a_at.x - u_centre.x) * 1e-7 * RAD;
  float lat0 = float(u_centre.x) * 1e-7 * RAD;
  if (abs(d) < 0.02) { // a series about the centre keeps centimetres where float32 would lose metres
    float s = 1.0 / cos(lat0), t = tan(lat0);
    return -(d * s * (1.0 + d * (0.5 * t + d * (1.0 + 2.0 * t * t) / 6.0))) / TAU;
  }
  float lat = clamp(float(a_at.x) * 1e-7, -85.05, 85.05) * RAD;
  return -(log(tan(0.785398163 + 0.5 * lat)) - log(tan(0.785398163 + 0.5 * lat0))) / TAU;
}

void main() {
  int flags = int(a_course.y);
  int alarm = int(a_style & 3u);
  bool chosen = (a_style & 4u) != 0u;
  bool own = (flags & 8) != 0;
  v_flags = flags; v_alarm = alarm;
  v_class = flags & 7;
  v_bare = int((a_style >> 3) & 1u);
  bool headed = a_course.x != 65535u && v_class != 0;
  if (!headed && v_class != 4) v_class = 0;
  float turn = headed && v_class != 4 ? float(a_course.x) * 0.01 * RAD : 0.0;
  v_turn = vec2(cos(turn), sin(turn));
  float half_px = (own || (flags & 16) != 0 ? 13.0 : 11.0) * u_size;
  bool shown = u_pass == 1 ? alarm == 0 : alarm != 0;
  if (u_pass == 2) half_px = 23.0;
  if (u_pass == 0) {
    float lat = float(a_at.x) * 1e-7 * RAD;
    half_px = min(6000.0, float(a_wide) * 10.0 * u_world / (40075016.7 * max(0.05, cos(lat))));
    shown = half_px > 12.0 && (chosen || (flags & 0x1C0) != 0); // coasting, last known, accuracy not stated
  }
  v_radius = half_px;
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  v_at = corner;
  vec2 px = vec2(eastward(), southward()) * u_world + corner * (half_px + (u_pass == 0 ? 2.0 : 0.0));
  gl_Position = shown ? vec4(px.x / u_half.x, -px.y / u_half.y, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}`;

export const fragment = `#version 300 es
precision highp float;
precision highp int;
in vec2 v_at;
flat in vec2 v_turn;
flat in int v_class;
flat in int v_alarm;
flat in int v_flags;
flat in float v_radius;
flat in int v_bare;
uniform int u_pass;
uniform vec3 u_colour[5];
uniform vec3 u_edge[2];
uniform sampler2D u_atlas;
out vec4 colour;

vec4 circle() { // where it may be: a faint disc, its rim dashed
  float r = length(v_at) * (v_radius + 2.0);
  float rim = smoothstep(1.6, 0.6, abs(r - v_radius));
  float around = atan(v_at.y, v_at.x) * v_radius / 12.566;
  bool lost = (v_flags & 0xC0) != 0;
  rim *= lost || (v_flags & 256) != 0 ? step(0.42, fract(around)) : 1.0;
  float a = max(rim * 0.9, step(r, v_radius) * (lost ? 0.09 : 0.05) * min(1.0, 160.0 / v_radius));
  vec3 c = v_alarm > 0 ? u_colour[v_alarm] : u_colour[4];
  return vec4(c * a, a);
}

void main() {
  if (u_pass == 0) { colour = circle(); return; }
  vec2 at = v_at;
  float disc = 0.0;
  if (u_pass == 2) { // an alarmed symbol stands on a disc of its colour
    float r = length(v_at) * v_radius;
    disc = max(smoothstep(21.0, 20.0, r) * 0.26, smoothstep(1.5, 0.5, abs(r - 20.0)) * 0.95);
    if (v_bare == 1) disc = 0.0;
    at = v_at * v_radius / (v_bare == 1 ? 11.0 : 15.0);
  }
  vec2 turned = vec2(v_turn.x * at.x + v_turn.y * at.y, -v_turn.y * at.x + v_turn.x * at.y);
  vec3 mask = vec3(0.0);
  if (abs(turned.x) < 1.0 && abs(turned.y) < 1.0) {
    vec2 cell = clamp(turned * 0.5 + 0.5, 0.01, 0.99);
    mask = texture(u_atlas, vec2((float(v_class) + cell.x) / 5.0, cell.y)).rgb;
  }
  bool own = (v_flags & 24) != 0;
  vec3 body = v_alarm > 0 ? u_colour[v_alarm] : own ? u_colour[4] : u_colour[0];
  vec3 edge = u_edge[v_alarm > 0 ? 1 : 0];
  float open = own ? 0.0 : smoothstep(0.3, 0.7, mask.b);
  float outline = smoothstep(0.25, 0.6, mask.g);
  float fill = smoothstep(0.3, 0.7, mask.r) * (1.0 - open);
  float fade = (v_flags & 0xC0) != 0 && v_alarm == 0 ? 0.8 : 1.0;
  vec3 symbol = mix(open > 0.5 ? u_edge[0] : edge, body, fill);
  vec3 base = u_colour[max(v_alarm, 0)] * disc;
  colour = vec4(base * (1.0 - outline) + symbol * outline, disc * (1.0 - outline) + outline) * fade;
}`;
