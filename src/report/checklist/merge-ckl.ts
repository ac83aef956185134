import type { Element } from '@xmldom/xmldom';
import type { Evidence } from '../../audit/evidence.ts';
import { visible } from '../visible.ts';
import { edited, refused, type ChecklistFile, type Edit } from './checklist-file.ts';
import { commentBlock, withBlock } from './comment-block.ts';
import type { ElementPlace } from './element-places.ts';
import { findingDetails } from './findings-text.ts';
import { isSameRule, withoutRule } from './same-rule.ts';
import { statusWords } from './words.ts';
import { xmlText } from './xml.ts';
import { xmlPlaces, type XmlPlaces } from './xml-places.ts';

const remedy = 'give a checklist that STIG Viewer 2 saved (.ckl)';

/**
 * Takes somebody’s checklist of STIG Viewer 2 and returns its text with status, finding details and our part of the
 * comments new in this rule, wherever it is in it. Every other character stays: it is edited in place, not written
 * anew. Throws `usage` for what is no such checklist or lacks the rule.
 */
export function mergeCkl(checklist: ChecklistFile, evidence: Evidence): string {
  const places = xmlPlaces(checklist, remedy);
  if (places.root.tagName !== 'CHECKLIST') {
    throw refused(checklist, {
      message: `its root is <${visible(places.root.tagName)}>, so it is no CKL checklist`,
      remedy,
    });
  }
  const rules = Array.from(places.root.getElementsByTagName('VULN'));
  const same = rules.filter((rule) => isSameRule(idsOf(rule), evidence.stig));
  if (same.length === 0) throw withoutRule(checklist, rules.flatMap(idsOf), evidence.stig);
  return edited(
    checklist.text,
    same.flatMap((rule) => editsOf(rule, places, { checklist, evidence })),
  );
}

function childrenOf(element: Element, name: string): Element[] {
  return Array.from(element.childNodes).filter((node) => node.nodeName === name) as Element[];
}

function idsOf(rule: Element): unknown[] {
  const textOf = (element: Element, name: string): string | undefined =>
    childrenOf(element, name)[0]?.textContent?.trim();
  return childrenOf(rule, 'STIG_DATA')
    .filter((data) => ['Vuln_Num', 'Rule_ID'].includes(textOf(data, 'VULN_ATTRIBUTE') ?? ''))
    .map((data) => textOf(data, 'ATTRIBUTE_DATA'));
}

function editsOf(
  rule: Element,
  places: XmlPlaces,
  { checklist, evidence }: { checklist: ChecklistFile; evidence: Evidence },
): Edit[] {
  const { text } = checklist;
  const needed = (name: string): ElementPlace => {
    const [found] = childrenOf(rule, name);
    if (found !== undefined) return places.placeOf(found);
    throw refused(checklist, { at: places.placeOf(rule).start, message: `this VULN has no ${name}`, remedy });
  };
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n';
  const inXml = (written: string): string => xmlText(written).replaceAll('\n', lineEnd);
  const comments = needed('COMMENTS');
  const before = text.slice(comments.innerStart, comments.innerEnd);
  return [
    within(needed('STATUS'), text, statusWords[evidence.status].ckl),
    within(needed('FINDING_DETAILS'), text, inXml(findingDetails(evidence))),
    within(comments, text, withBlock(before, { block: inXml(commentBlock(evidence)), lineEnd })),
  ];
}

/** What an element is to hold; one that has but one tag gets its second. */
function within({ name, start, innerStart, innerEnd, end }: ElementPlace, text: string, inner: string): Edit {
  if (!text.slice(start, end).endsWith('/>')) return { start: innerStart, end: innerEnd, text: inner };
  return { start: end - '/>'.length, end, text: `>${inner}</${name}>` };
}
