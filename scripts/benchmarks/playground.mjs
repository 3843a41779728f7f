// Trains with TensorFlow Playground's nn.ts: node playground.mjs NN.mjs, then a task as JSON in one
// line, then in each line how many updates to do; each is answered with how many were done.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const nn = await import(pathToFileURL(process.argv[2]));
let step = null;

// As the playground's own oneStep: point after point, and new weights after each batch of them.
function trainer({ sizes, activation, output, x, y, batch, rate }) {
  const names = x[0].map((_, i) => `x${i}`);
  const network = nn.buildNetwork(
    sizes, nn.Activations[activation], nn.Activations[output], null, names);
  let point = 0;
  return (updates) => {
    for (let done = 0; done < updates; done++) {
      for (let i = 0; i < batch && point < x.length; i++, point++) {
        nn.forwardProp(network, x[point]);
        nn.backProp(network, y[point], nn.Errors.SQUARE);
      }
      nn.updateWeights(network, rate, 0);
      if (point === x.length) point = 0;
    }
    return updates;
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  if (step === null) step = trainer(told);
  else process.stdout.write(`${step(told)}\n`);
}
