import type { YAMLMap } from 'yaml';
import type { Evidence } from '../../audit/evidence.ts';
import { edited, refused, type ChecklistFile, type Edit } from './checklist-file.ts';
import { commentBlock, withBlock } from './comment-block.ts';
import { findingDetails } from './findings-text.ts';
import { jsonPlaces, objectsIn, type JsonPlaces, type PlacedValue } from './json-places.ts';
import { isSameRule, withoutRule } from './same-rule.ts';
import { statusWords } from './words.ts';

const remedy = 'give a checklist that STIG Viewer 3 saved (.cklb)';

/**
 * Takes somebody’s checklist of STIG Viewer 3 and returns its text with status, finding details, our part of the
 * comments and the time of the change new in this rule, wherever it is in it. Every other character stays: it is
 * edited in place, not written anew. Throws `usage` for what is no such checklist or lacks the rule.
 */
export function mergeCklb(checklist: ChecklistFile, evidence: Evidence): string {
  const places = jsonPlaces(checklist, remedy);
  const rules = places.list('stigs').flatMap((stig) => objectsIn(stig.get('rules')));
  if (rules.length === 0) {
    throw refused(checklist, { message: 'it has no stigs with rules, so it is no CKLB checklist', remedy });
  }
  const same = rules.filter((rule) => isSameRule(idsOf(rule), evidence.stig));
  if (same.length === 0) throw withoutRule(checklist, rules.flatMap(idsOf), evidence.stig);
  const edits = same.flatMap((rule) => editsOf(rule, places, { checklist, evidence }));
  return edited(checklist.text, edits);
}

function idsOf(rule: YAMLMap): unknown[] {
  return ['group_id', 'group_id_src', 'rule_id', 'rule_id_src'].map((key) => rule.get(key));
}

function editsOf(
  rule: YAMLMap,
  places: JsonPlaces,
  { checklist, evidence }: { checklist: ChecklistFile; evidence: Evidence },
): Edit[] {
  const needed = (key: string): PlacedValue => {
    const found = places.valueAt(rule, key);
    if (found !== undefined) return found;
    throw refused(checklist, { at: places.startOf(rule), message: `this rule has no ${key}`, remedy });
  };
  const to = ({ start, end }: PlacedValue, text: string): Edit => ({
    start,
    end,
    text: JSON.stringify(text),
  });
  const { status, at } = evidence;
  const comments = needed('comments');
  const changed = places.valueAt(rule, 'updatedAt');
  return [
    to(needed('status'), statusWords[status].cklb),
    to(needed('finding_details'), findingDetails(evidence)),
    { ...comments, text: mergedComments(comments, { checklist, evidence }) },
    ...(changed === undefined ? [] : [to(changed, new Date(at).toISOString())]),
  ];
}

/** With the escapes of what is there as they are. */
function mergedComments(
  { value, start, end }: PlacedValue,
  { checklist, evidence }: { checklist: ChecklistFile; evidence: Evidence },
): string {
  const isBlank = typeof value !== 'string' || value.trim() === '';
  const comments = isBlank ? '' : checklist.text.slice(start + 1, end - 1);
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
  return `"${withBlock(comments, { block: inJson(commentBlock(evidence)), lineEnd: inJson('\n') })}"`;
}
