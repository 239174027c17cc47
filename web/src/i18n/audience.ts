import { lookup } from "./index.ts";
import type { Triple } from "./index.ts";

/** How many a message reaches, and where two may go on. */
const AUDIENCE = {
  "reach": ["发到这里，{n} 人会看到。", "傳到這裡，{n} 人會看到。", "{n} {n:person reads|people read} what you send here."],
  "reach.direct": ["只与个别人有关的，可以一对一说。", "只與個別人有關的，可以一對一說。", "What concerns one person can be said one to one."],
  "turns": ["你和{name}已经来回 {turns} 次，这里有 {n} 人会看到。接着说，可以到", "你和{name}已經來回 {turns} 次，這裡有 {n} 人會看到。接著說，可以到", "You and {name} have taken {turns} turns, and {n} people read it. Go on"],
  "to.direct": ["一对一", "一對一", "one to one"],
  "to.thread": ["话题里", "話題裡", "in a thread"],
  "or": ["或者", "或者", "or"],
  "away": ["不再提示", "不再提示", "Put this away"],
} as const satisfies Record<string, Triple>;

export const u = lookup(AUDIENCE);
