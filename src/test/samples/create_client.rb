# The call as Ruby's Net::HTTP makes it. GATEWAY_URL and GATEWAY_KEY say where and as whom.

require "json"
require "net/http"

uri = URI("#{ENV.fetch("GATEWAY_URL", "http://localhost:8080")}/v1/verification/itr/create-client")

request = Net::HTTP::Post.new(uri)
request["Content-Type"] = "application/json"
request["Authorization"] = "Bearer YOUR_API_TOKEN"
request["x-api-key"] = ENV.fetch("GATEWAY_KEY", "demo")
request.body = JSON.generate(username: "John Doe", password: "example_string")

response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https") { |http| http.request(request) }
puts response.code, response.body

exit(response.code == "200" && JSON.parse(response.body)["data"].key?("itr_client_id"))
