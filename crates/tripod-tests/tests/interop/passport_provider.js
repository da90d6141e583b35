// oauthorize with passport-http-oauth under Express: the endpoints, and maps for what they store.
// Prints its port. The two libraries check signatures and parameters.
'use strict';

const crypto = require('node:crypto');
const express = require('express');
const session = require('express-session');
const oauthorize = require('oauthorize');
const { Passport } = require('passport');
const { ConsumerStrategy, TokenStrategy } = require('passport-http-oauth');

const KEY = 'interop-key';
const SECRET = 'interop secret&+%';
const random = () => crypto.randomBytes(12).toString('hex');
const requestTokens = new Map();
const accessTokens = new Map();
const nonces = new Set();

const findConsumer = (key, done) =>
  key === KEY ? done(null, { id: key }, SECRET) : done(null, false);
const isFresh = (timestamp, nonce, done) => {
  const seen = `${timestamp} ${nonce}`;
  const fresh = Math.abs(Date.now() / 1000 - timestamp) < 300 && !nonces.has(seen);
  nonces.add(seen);
  done(null, fresh);
};

const passport = new Passport();
passport.use('consumer', new ConsumerStrategy(
  findConsumer,
  (token, done) => {
    const known = requestTokens.get(token);
    return known ? done(null, known.secret, { verifier: known.verifier }) : done(null, false);
  },
  isFresh,
));
passport.use('token', new TokenStrategy(
  findConsumer,
  (token, done) => {
    const secret = accessTokens.get(token);
    return secret ? done(null, { id: 'ada' }, secret) : done(null, false);
  },
  isFresh,
));

const server = oauthorize.createServer();
server.serializeClient((client, done) => done(null, client.id));
server.deserializeClient((id, done) => done(null, { id }));

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(session({ secret: random(), resave: false, saveUninitialized: true }));
app.use(passport.initialize());

app.all('/oauth/request_token',
  passport.authenticate('consumer', { session: false }),
  server.requestToken((client, callback, done) => {
    // A secret that has to be encoded for the key.
    const [token, secret] = [random(), `${random()}/+ &`];
    requestTokens.set(token, { secret, callback, verifier: null });
    done(null, token, secret);
  }),
  server.errorHandler());

// The page and the answer in one: the user is a test.
app.get('/oauth/authorize',
  server.userAuthorization((token, done) => {
    const known = requestTokens.get(token);
    return known ? done(null, { id: KEY }, known.callback) : done(null, false);
  }),
  (req, res, next) => {
    req.user = { id: 'ada' };
    req.body = { transaction_id: req.oauth.transactionID };
    if (req.query.answer !== 'allow') { req.body.cancel = 'no'; }
    next();
  },
  server.userDecision((token, user, result, done) => {
    const known = requestTokens.get(token);
    known.verifier = random();
    done(null, known.verifier);
  }),
  server.errorHandler());

app.all('/oauth/access_token',
  passport.authenticate('consumer', { session: false }),
  server.accessToken(
    (token, verifier, info, done) => done(null, verifier === info.verifier),
    (client, token, info, done) => {
      requestTokens.delete(token);
      const [access, secret] = [random(), `${random()}/+ &`];
      accessTokens.set(access, secret);
      done(null, access, secret, { user_id: 'ada' });
    }),
  server.errorHandler());

app.all('/resource',
  passport.authenticate('token', { session: false }),
  (req, res) => {
    const pairs = [...Object.entries(req.query), ...Object.entries(req.body || {})];
    res.json({ pairs: pairs.filter(([name]) => !name.startsWith('oauth_')) });
  });

const listening = app.listen(0, '127.0.0.1', () => console.log(listening.address().port));
// Ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume();
