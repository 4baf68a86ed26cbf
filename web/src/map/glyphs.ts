/** One shape per class of mover, drawn once: as a texture for WebGL and as paths for a 2D canvas. Pointing north, ±1 box. */

import { CLASSES } from "../pure/frame";

export type Shape = (c: CanvasRenderingContext2D | Path2D, r: number) => void;

const polygon =
  (points: [number, number][]): Shape =>
  (c, r) => {
    points.forEach(([x, y], i) => (i ? c.lineTo(x * r, y * r) : c.moveTo(x * r, y * r)));
    c.closePath();
  };

const disc: Shape = (c, r) => c.arc(0, 0, 0.62 * r, 0, 2 * Math.PI);

/** unknown: circle · aircraft: chevron · vehicle: house · vessel: hull · people: small diamond */
export const SHAPES: Record<(typeof CLASSES)[number], Shape> = {
  unknown: disc,
  aircraft: polygon([[0, -0.95], [0.72, 0.78], [0, 0.38], [-0.72, 0.78]]),
  vehicle: polygon([[0, -0.85], [0.58, -0.2], [0.58, 0.72], [-0.58, 0.72], [-0.58, -0.2]]),
  vessel: (c, r) => {
    c.moveTo(0, -0.98 * r);
    c.quadraticCurveTo(0.62 * r, -0.3 * r, 0.44 * r, 0.8 * r);
    c.lineTo(-0.44 * r, 0.8 * r);
    c.quadraticCurveTo(-0.62 * r, -0.3 * r, 0, -0.98 * r);
    c.closePath();
  },
  people: polygon([[0, -0.72], [0.72, 0], [0, 0.72], [-0.72, 0]]),
};

export const CELL = 96;
export const REACH = 0.72; // the shape fills this share of its cell, the halo the rest

/** Red: the body. Green: body and halo. Blue: what a hollow symbol leaves open. One cell a class, side by side. */
export function atlas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = CELL * CLASSES.length;
  canvas.height = CELL;
  const c = canvas.getContext("2d");
  if (!c) return canvas;
  c.fillStyle = "#000";
  c.fillRect(0, 0, canvas.width, canvas.height);
  c.globalCompositeOperation = "lighter";
  c.lineJoin = "round";
  CLASSES.forEach((name, i) => {
    const r = (CELL / 2) * REACH;
    c.save();
    c.translate((i + 0.5) * CELL, CELL / 2);
    const draw = (colour: string, scale: number, drop: number, stroke: number): void => {
      const path = new Path2D();
      SHAPES[name](path, r * scale);
      c.save();
      c.translate(0, drop * r);
      c.fillStyle = c.strokeStyle = colour;
      if (stroke) {
        c.globalCompositeOperation = "source-over";
        c.lineWidth = stroke;
        c.stroke(path);
      }
      c.fill(path);
      c.restore();
    };
    draw("#0f0", 1, 0, CELL * 0.15);
    draw("#f00", 1, 0, 0);
    draw("#00f", 0.52, name === "aircraft" ? 0.09 : 0.03, 0);
    c.restore();
  });
  return canvas;
}
