// The npm package `oauth` as a client of the sandbox: the whole flow, in the header.
// Arguments: the origin, the consumer's key and secret, and a signature method.
// Prints the authorization URL, reads the verifier, prints what the data host says.
'use strict';

const { OAuth } = require('oauth');
const [origin, key, secret, method] = process.argv.slice(2);
const client = new OAuth(
  `${origin}/oauth/request_token`, `${origin}/oauth/access_token`, key, secret, '1.0', 'oob', method);
const fail = (error) => { console.error(error); process.exit(1); };

client.getOAuthRequestToken((error, token, tokenSecret) => {
  if (error) { fail(error); }
  console.log(`${origin}/oauth/authorize?oauth_token=${encodeURIComponent(token)}`);
  require('node:readline').createInterface({ input: process.stdin }).once('line', (verifier) => {
    client.getOAuthAccessToken(token, tokenSecret, verifier.trim(), (error, access, accessSecret) => {
      if (error) { fail(error); }
      const url = `${origin}/rest/echo/v1?format=json&x=${encodeURIComponent('é&=+% ~')}`;
      client.get(url, access, accessSecret, (error, body) => {
        if (error) { fail(error); }
        console.log(body.toString().replace(/\n/g, ' '));
        process.exit();
      });
    });
  });
});
