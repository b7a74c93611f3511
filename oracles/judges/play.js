// Plays SCXML in SCION and compares where the tracks stand after every event.
// usage: node play.js asked.json
const scxml = require('@scion-scxml/scxml');
const [, , path] = process.argv;
const { charts, runs } = JSON.parse(require('fs').readFileSync(path, 'utf8'));

const read = (name, text) => new Promise((done, fail) => {
  scxml.documentStringToModel(`${name}.scxml`, text, (error, model) => (error ? fail(error) : done(model)));
});

// For each run anew: the data of a model that was prepared once are shared by all its charts.
const prepare = (model) => new Promise((done, fail) => {
  model.prepare((error, ready) => (error ? fail(error) : done(ready)));
});

(async () => {
  const models = {};
  for (const [name, text] of Object.entries(charts)) models[name] = await read(name.replace('/', '-'), text);
  let steps = 0, differences = 0, moved = 0;
  for (const run of runs) {
    const chart = new scxml.core.Statechart(await prepare(models[run.procedure]));
    chart.start();
    let before = '';
    for (const step of run.steps) {
      chart.gen({ name: step.event, data: { answers: step.answers } });
      const stands = chart.getConfiguration().filter((state) => state !== 'memory').sort().join(' ');
      const wanted = [...step.stands].sort().join(' ');
      steps += 1;
      moved += Number(stands !== before);
      before = stands;
      if (stands !== wanted) {
        differences += 1;
        console.log(`${run.name}\n  after ${step.what}\n  the engine says       ${wanted}\n  the interpreter says  ${stands}`);
        break;
      }
    }
  }
  console.log(`${Object.keys(charts).length} procedures, ${runs.length} runs, ${steps} events, ${moved} of them moved something: ${differences} differences`);
  // Judges that were asked nothing agree with everything.
  process.exit(differences || !moved ? 1 : 0);
})().catch((error) => { console.log(error); process.exit(1); });
