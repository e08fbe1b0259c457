// A small S3 server for the tests: s3_server.js MODULES FOLDER BUCKET PORT [KEY CERTIFICATE] [any]. PORT 0 is any
// free one. Prints its port. On SIGINT it finishes what it has begun, and ends.
// any: takes any signature of any date. The server computes that of a bucket in the host's name otherwise than S3 does.
const fs = require('fs');
const path = require('path');
const any = process.argv.includes('any');
const [modules, directory, bucket, port, key, cert] = process.argv.slice(2).filter((word) => word !== 'any');
const home = path.join(modules, 'node_modules', '@20minutes', 's3rver');
const S3rver = require(home);
// In S3 an object is there whole or not at all; this server would show a file that is still being written.
const Files = require(path.join(home, 'lib', 'stores', 'filesystem')).prototype;
const { putContent } = Files;
let puts = 0;
Files.putContent = async function (name, content) {
  const unfinished = `${name}.${process.pid}.${puts++}`;
  try {
    const written = await putContent.call(this, unfinished, content);
    await fs.promises.rename(unfinished, name);
    return written;
  } catch (error) {
    await fs.promises.rm(unfinished, { force: true });
    throw error;
  }
};
for (const { Server } of any ? [require('http'), require('https')] : []) {
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (event, request, ...rest) {
    if (event === 'request') request.headers['x-amz-date'] = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    return emit.call(this, event, request, ...rest);
  };
}
const tls = key ? { key: fs.readFileSync(key), cert: fs.readFileSync(cert) } : {};
const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  silent: true,
  directory,
  allowMismatchedSignatures: any,
  serviceEndpoint: 'localhost',
  configureBuckets: [{ name: bucket }],
  ...tls,
}).run((error, address) => {
  if (error) throw error;
  console.log(address.port);
});
process.on('SIGINT', () => server.close());
