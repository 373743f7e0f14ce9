// The call as JavaScript's fetch makes it. GATEWAY_URL and GATEWAY_KEY say where and as whom.

const { GATEWAY_URL = 'http://localhost:8080', GATEWAY_KEY = 'demo' } = process.env;

const response = await fetch(`${GATEWAY_URL}/v1/verification/itr/create-client`, {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    'Authorization': 'Bearer YOUR_API_TOKEN',
    'x-api-key': GATEWAY_KEY,
  },
  body: JSON.stringify({ username: 'John Doe', password: 'example_string' }),
});
const text = await response.text();
console.log(response.status);
console.log(text);

const registered = response.status === 200 && 'itr_client_id' in JSON.parse(text).data;
process.exitCode = registered ? 0 : 1;
