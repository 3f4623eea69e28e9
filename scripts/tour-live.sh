# In one terminal: the stream of all that is told of an article, as it happens.
curl -sN "http://127.0.0.1:3000/conflict-notifications/stream?resource=articles/1" -H 'Authorization: Bearer TOKEN'

# In another: a receiver of webhooks,
PORT=4000 WEBHOOK_SECRET=whsec_TOUR node apps/webhook-receiver/dist/main.js

# and in a third, that the shop is to send it the same: 201.
curl -si http://127.0.0.1:3000/conflict-notifications -H 'Content-Type: application/json' \
  -H 'Authorization: Bearer TOKEN' \
  -d '{ "resources": ["articles/1"], "callback": { "url": "http://127.0.0.1:4000", "secret": "whsec_TOUR" } }'
