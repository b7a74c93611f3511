// Has Mermaid itself read every picture, and compares how many stages and moves it found.
// usage: node mermaid.mjs asked.json
import fs from 'node:fs';
import { JSDOM } from 'jsdom';

// Mermaid expects a page around it.
const page = new JSDOM('<html><body></body></html>');
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import('mermaid');

const { pictures } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
let differences = 0;
for (const picture of pictures) {
  try {
    // Reading it once makes the kind of chart known.
    await mermaid.parse(picture.text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(picture.text);
    const vertices = db.getVertices();
    const found = { stages: vertices.size ?? Object.keys(vertices).length, moves: db.getEdges().length, lanes: db.getSubGraphs().length };
    const wanted = { stages: picture.stages, moves: picture.moves, lanes: picture.lanes };
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      differences += 1;
      console.log(`${picture.name}\n  the procedure has  ${JSON.stringify(wanted)}\n  Mermaid found      ${JSON.stringify(found)}`);
    }
  } catch (error) {
    differences += 1;
    console.log(`${picture.name}\n  ${error}`);
  }
}
console.log(`${pictures.length} pictures: ${differences} differences`);
process.exit(differences || !pictures.length ? 1 : 0);
