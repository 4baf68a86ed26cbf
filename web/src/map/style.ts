/** The basemap's style from the palette in force. Labels are drawn from the fonts of the page: nothing comes from elsewhere. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { tone } from "../station";
import { archiveAddress } from "./basemap";

const FONT = ["Open Sans Variable"];

function ground(): LayerSpecification[] {
  const from = (layer: string): { source: string; "source-layer": string } => ({ source: "world", "source-layer": layer });
  return [
    { id: "water", type: "background", paint: { "background-color": tone("--map-water") } },
    { id: "land", type: "fill", ...from("land"), paint: { "fill-color": tone("--map-land"), "fill-antialias": true } },
    { id: "lakes", type: "fill", ...from("lakes"), paint: { "fill-color": tone("--map-water") } },
    { id: "rivers", type: "line", ...from("rivers"), paint: { "line-color": tone("--map-river"), "line-width": 1.2 } },
    { id: "provinces", type: "line", ...from("provinces"), minzoom: 4, paint: { "line-color": tone("--map-province"), "line-width": 1 } },
    {
      id: "borders",
      type: "line",
      ...from("borders"),
      filter: ["==", ["get", "unsettled"], 0],
      paint: { "line-color": tone("--map-border"), "line-width": ["interpolate", ["linear"], ["zoom"], 2, 0.8, 8, 1.8] },
    },
    {
      id: "borders-unsettled",
      type: "line",
      ...from("borders"),
      filter: ["==", ["get", "unsettled"], 1],
      paint: { "line-color": tone("--map-border"), "line-width": 1.4, "line-dasharray": [3, 3] },
    },
  ];
}

function names(): LayerSpecification[] {
  const paint = { "text-color": tone("--map-place"), "text-halo-color": tone("--map-halo"), "text-halo-width": 1.4 };
  return [
    {
      id: "airfields",
      type: "symbol",
      source: "world",
      "source-layer": "airfields",
      minzoom: 8,
      layout: { "text-field": ["concat", "+ ", ["get", "code"]], "text-font": FONT, "text-size": 11 },
      paint,
    },
    {
      id: "towns",
      type: "symbol",
      source: "world",
      "source-layer": "towns",
      minzoom: 4,
      filter: [">=", ["get", "people"], ["step", ["zoom"], 1_000_000, 6, 250_000, 7, 50_000, 8, 15_000, 9, 0]],
      layout: {
        "text-field": ["concat", "· ", ["get", "name"]],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["get", "people"], 10_000, 11, 2_000_000, 14],
        "symbol-sort-key": ["-", 0, ["get", "people"]],
        "text-anchor": "left",
      },
      paint,
    },
    {
      id: "countries",
      type: "symbol",
      source: "world",
      "source-layer": "countries",
      maxzoom: 7,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": 13,
        "text-letter-spacing": 0.12,
        "text-transform": "uppercase",
        "symbol-sort-key": ["get", "rank"],
      },
      paint,
    },
  ];
}

/** Zones: a faint fill under the tracks, lines above the calm ones. */
export function overlays(): LayerSpecification[] {
  const kind = (name: string): ["==", ["get", "kind"], string] => ["==", ["get", "kind"], name];
  const zone = tone("--zone");
  return [
    { id: "zone-fill", type: "fill", source: "drawn", filter: kind("area"), paint: { "fill-color": zone, "fill-opacity": ["case", ["get", "off"], 0.03, ["get", "chosen"], 0.12, 0.07] } },
    { id: "ring", type: "line", source: "drawn", filter: kind("ring"), paint: { "line-color": zone, "line-width": 1.2, "line-opacity": 0.75, "line-dasharray": [2, 3] } },
    { id: "zone-line", type: "line", source: "drawn", filter: kind("zone"), paint: { "line-color": zone, "line-width": ["case", ["get", "chosen"], 3.2, 2], "line-opacity": ["case", ["get", "off"], 0.45, 1] } },
    { id: "trail", type: "line", source: "drawn", filter: kind("trail"), paint: { "line-color": tone("--track-own"), "line-width": 2, "line-opacity": 0.75 } },
    { id: "route", type: "line", source: "drawn", filter: kind("route"), paint: { "line-color": tone("--track-own"), "line-width": 3, "line-dasharray": [1, 1.5] } },
    { id: "sketch-fill", type: "fill", source: "drawn", filter: kind("sketch"), paint: { "fill-color": tone("--chosen"), "fill-opacity": 0.14 } },
    { id: "sketch-line", type: "line", source: "drawn", filter: kind("sketch"), paint: { "line-color": tone("--chosen"), "line-width": 2.5 } },
    { id: "corner", type: "circle", source: "drawn", filter: kind("corner"), paint: { "circle-radius": 5, "circle-color": tone("--chosen"), "circle-stroke-color": tone("--panel"), "circle-stroke-width": 2 } },
  ];
}

export const NAME_LAYERS = ["airfields", "towns", "countries"];
export const BORDER_LAYERS = ["borders", "borders-unsettled", "provinces"];

export function style(): StyleSpecification {
  return {
    version: 8,
    sources: {
      world: { type: "vector", url: archiveAddress, maxzoom: 7 },
      drawn: { type: "geojson", data: { type: "FeatureCollection", features: [] }, tolerance: 0.2 },
    },
    layers: [...ground(), ...names(), ...overlays()],
  };
}
