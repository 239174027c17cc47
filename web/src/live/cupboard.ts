/**
 * What this browser keeps beyond a reload: one small database. Where it has none, everything lives as long as the page; and nobody
 * waits for one that does not answer.
 */

/** `files` says what the files that wait are, `blobs` has their bytes. */
export type Drawer = "mark" | "rows" | "timelines" | "outbox" | "files" | "blobs";
export interface Shelf {
  get: <T>(drawer: Drawer, key: string) => Promise<T | undefined>;
  all: <T>(drawer: Drawer) => Promise<T[]>;
  entries: <T>(drawer: Drawer) => Promise<[string, T][]>;
  put: (drawer: Drawer, key: string, value: unknown) => void;
  drop: (drawer: Drawer, key: string) => void;
  empty: (drawer: Drawer) => void;
}
const NAME = "guiju";
const DRAWERS: readonly Drawer[] = ["mark", "rows", "timelines", "outbox", "files", "blobs"];

const PATIENCE_MS = 2000;
/** How many pieces of work have not ended although nobody waits for them any more. */
let late = 0;
/** Whether the database leaves work lying. What is written is written once it answers; until then it is as if there were none. */
export const hangs = (): boolean => late > 0;

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database failed"));
  });

let opened: Promise<IDBDatabase | null> | undefined;
function open(): Promise<IDBDatabase | null> {
  opened ??= (async () => {
    try {
      const request = indexedDB.open(NAME, 2);
      request.onupgradeneeded = () => {
        for (const one of DRAWERS) if (!request.result.objectStoreNames.contains(one)) request.result.createObjectStore(one);
      };
      const database = await done(request);
      // Another page that deletes or upgrades it must not wait for this one.
      database.onversionchange = () => {
        database.close();
        opened = undefined;
      };
      database.onclose = () => (opened = undefined);
      return database;
    } catch {
      return null;
    }
  })();
  return opened;
}

/**
 * Runs in one transaction: all of it is kept, or nothing. Null when this browser keeps nothing, and when the database does not answer
 * soon: then nothing is read, and what `work` writes may be kept later. What `work` awaits MUST be reads of the shelf alone, for a
 * transaction ends as soon as nothing is asked of it.
 */
export async function within<T>(mode: "readonly" | "readwrite", work: (shelf: Shelf) => Promise<T> | T, patience = PATIENCE_MS): Promise<T | null> {
  if (mode === "readonly" && hangs()) return null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let given = false;
  const ends = run(mode, work).finally(() => {
    clearTimeout(timer);
    if (given) late--;
  });
  const tired = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      given = true;
      late++;
      resolve(null);
    }, hangs() ? 0 : patience);
  });
  return Promise.race([ends, tired]);
}
async function run<T>(mode: "readonly" | "readwrite", work: (shelf: Shelf) => Promise<T> | T): Promise<T | null> {
  const database = await open();
  if (database === null) return null;
  try {
    const transaction = database.transaction([...DRAWERS], mode);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("it was broken off"));
    });
    const of = (drawer: Drawer): IDBObjectStore => transaction.objectStore(drawer);
    const result = await Promise.all([
      work({
        get: <V>(drawer: Drawer, key: string) => done(of(drawer).get(key) as IDBRequest<V | undefined>),
        all: <V>(drawer: Drawer) => done(of(drawer).getAll() as IDBRequest<V[]>),
        entries: async <V>(drawer: Drawer): Promise<[string, V][]> => {
          const [keys, values] = await Promise.all([done(of(drawer).getAllKeys()), done(of(drawer).getAll() as IDBRequest<V[]>)]);
          return values.map((value, n) => [String(keys[n]), value]);
        },
        put: (drawer, key, value) => void of(drawer).put(value, key),
        drop: (drawer, key) => void of(drawer).delete(key),
        empty: (drawer) => void of(drawer).clear(),
      }),
      ended,
    ]);
    return result[0];
  } catch {
    // No room, a private window, a profile that was removed: the page goes on with what it has in memory.
    return null;
  }
}
