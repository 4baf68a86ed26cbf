/** The map on WebGL2: MapLibre draws the ground, our own layers draw the tracks. Loaded only when there is WebGL2. */

import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { Protocol } from "pmtiles";
import { tone } from "../station";
import { s } from "../strings";
import { archive } from "./basemap";
import { BORDER_LAYERS, NAME_LAYERS, style } from "./style";
import { type Pass, TrackPainter } from "./tracklayer";
import { type Feature, type MapView, START, ZOOM_MAX, ZOOM_MIN } from "./view";

maplibre.setWorkerUrl(workerUrl);
const protocol = new Protocol();
protocol.add(archive);
maplibre.addProtocol("pmtiles", protocol.tile);

const brush = document.createElement("canvas").getContext("2d");

/** Any CSS colour (the build shortens some) to three numbers in 0…1. */
function rgb(colour: string): number[] {
  if (!brush) return [0.5, 0.5, 0.5];
  brush.fillStyle = colour;
  const plain = String(brush.fillStyle); // always "#rrggbb" for an opaque colour
  return [1, 3, 5].map((i) => Number.parseInt(plain.slice(i, i + 2), 16) / 255);
}

function lookNow(painter: TrackPainter): void {
  painter.look = {
    colours: ["--track", "--track-advisory", "--track-warning-fill", "--track-critical", "--track-own"].flatMap((n) => rgb(tone(n))),
    edges: [...rgb(tone("--track-edge")), ...rgb(tone("--track-outline"))],
  };
}

function layer(map: maplibre.Map, painter: TrackPainter, pass: Pass): maplibre.CustomLayerInterface {
  return {
    id: `tracks-${pass}`,
    type: "custom",
    renderingMode: "2d",
    onAdd: (_map, gl) => painter.start(gl as WebGL2RenderingContext),
    render: (gl) => {
      const centre = map.getCenter();
      const canvas = map.getCanvas();
      painter.draw(gl as WebGL2RenderingContext, pass, {
        lat_deg: centre.lat,
        lon_deg: centre.lng,
        zoom: map.getZoom(),
        width: canvas.clientWidth,
        height: canvas.clientHeight,
      });
    },
  };
}

export async function glMap(box: HTMLElement): Promise<MapView> {
  await document.fonts.load('13px "Open Sans Variable"').catch(() => undefined);
  const map = new maplibre.Map({
    container: box,
    style: style(),
    center: [START.centre[1], START.centre[0]],
    zoom: START.zoom,
    minZoom: ZOOM_MIN,
    maxZoom: ZOOM_MAX,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    fadeDuration: 0,
    locale: { "Map.Title": s.map.keys },
    canvasContextAttributes: { antialias: true },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const painter = new TrackPainter();
  let features: Feature[] = [];
  let switches: [boolean, boolean] = [true, true];

  const dress = (): void => {
    lookNow(painter);
    painter.forget();
    map.addLayer(layer(map, painter, "circles"), "ring");
    map.addLayer(layer(map, painter, "calm"), "ring");
    map.addLayer(layer(map, painter, "loud"));
    view.setFeatures(features);
    view.setSwitches(...switches);
  };

  const view: MapView = {
    kind: "gl",
    project: (lat, lon) => {
      const at = map.project([lon, lat]);
      return [at.x, at.y];
    },
    unproject: (x, y) => {
      const at = map.unproject([x, y]).wrap();
      return [at.lat, at.lng];
    },
    zoom: () => map.getZoom(),
    size: () => [map.getCanvas().clientWidth, map.getCanvas().clientHeight],
    bounds: () => map.getBounds().toArray().flat() as [number, number, number, number],
    fit: (b) => map.fitBounds([[b[0], b[1]], [b[2], b[3]]], { padding: 48, duration: 0, maxZoom: 12 }),
    go: (to, zoom) => map.jumpTo({ center: [to[1], to[0]], ...(zoom === undefined ? {} : { zoom }) }),
    zoomBy: (levels) => map.setZoom(map.getZoom() + levels),
    setFeatures: (next) => {
      features = next;
      (map.getSource("drawn") as maplibre.GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features: next } as never);
    },
    setTracks: (frame, styles) => {
      painter.take(frame, styles);
      map.triggerRepaint();
    },
    setSwitches: (borders, names) => {
      switches = [borders, names];
      for (const [layers, on] of [[BORDER_LAYERS, borders], [NAME_LAYERS, names]] as const) {
        for (const id of layers) if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
      }
    },
    repaint: () => {
      map.setStyle(style(), { diff: false });
      map.once("style.load", dress);
    },
    onFrame: (then) => void map.on("render", then),
    onClick: (then) => void map.on("click", (e) => {
      const at = e.lngLat.wrap();
      then([at.lat, at.lng], e.point.x, e.point.y);
    }),
    onMoved: (then) => void map.on("moveend", then),
    resize: () => map.resize(),
    destroy: () => map.remove(),
  };
  map.on("webglcontextlost", () => painter.forget());
  map.on("webglcontextrestored", () => view.repaint());
  map.on("error", (said) => console.warn("map:", said.error?.message ?? said)); // a missing tile leaves a plain ground
  await new Promise<void>((ready, fail) => {
    const late = setTimeout(() => fail(new Error("the map did not load in 20 s")), 20_000);
    map.once("style.load", () => {
      clearTimeout(late);
      dress();
      ready();
    });
  });
  return view;
}
