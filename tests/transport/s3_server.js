// A small S3 server for the tests: s3_server.js MODULES FOLDER BUCKET [KEY CERTIFICATE] [any]. Prints its port.
// any: takes any signature of any date. The server computes that of a bucket in the host's name otherwise than S3 does.
const fs = require('fs');
const path = require('path');
const any = process.argv.includes('any');
const [modules, directory, bucket, key, cert] = process.argv.slice(2).filter((word) => word !== 'any');
const S3rver = require(path.join(modules, 'node_modules', '@20minutes', 's3rver'));
for (const { Server } of any ? [require('http'), require('https')] : []) {
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (event, request, ...rest) {
    if (event === 'request') request.headers['x-amz-date'] = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    return emit.call(this, event, request, ...rest);
  };
}
const tls = key ? { key: fs.readFileSync(key), cert: fs.readFileSync(cert) } : {};
new S3rver({
  address: '127.0.0.1',
  port: 0,
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
