/** What receivers of webhooks need: it loads nothing else of the engine. */
export { type RecentIdsOptions, recentIds } from "./notifications/webhooks/recent-ids.js";
export { type ReceivedWebhook, verifyWebhook, type WebhookHeaders } from "./notifications/webhooks/verify-webhook.js";
