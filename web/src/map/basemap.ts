/** The basemap file, read by ranges. One archive for both maps, so that its directory is read once. */

import { PMTiles, type RangeResponse, type Source } from "pmtiles";

const ADDRESS = new URL("basemap/world.pmtiles", document.baseURI).href;

async function read(offset: number, length: number, cache: RequestCache): Promise<ArrayBuffer> {
  const answer = await fetch(ADDRESS, { cache, headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
  if (answer.status !== 206) throw new Error(`the basemap answers ${answer.status} to a range`);
  const data = await answer.arrayBuffer();
  if (data.byteLength === 0) throw new Error("the basemap answers a range with nothing");
  return data;
}

class Ranges implements Source {
  getKey(): string {
    return ADDRESS;
  }

  /** Chromium's cache now and then gives one of several ranges asked for at once an empty body: past the cache it comes. */
  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    return { data: await read(offset, length, "default").catch(() => read(offset, length, "no-store")) };
  }
}

export const archive = new PMTiles(new Ranges());
export const archiveAddress = `pmtiles://${ADDRESS}`;
