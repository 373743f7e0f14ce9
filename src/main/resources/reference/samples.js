// A request, as Swagger UI builds it, in six languages. Each takes {url, method, headers, body} and gives text to copy and run.
// src/test/samples has the long forms.

/** JSON on one line, with a space after each comma and colon. */
const oneLine = json => JSON.stringify(JSON.parse(json), null, 1).replace(/\n\s*/g, ' ').replace(/^{ /, '{').replace(/ }$/, '}');

// Strings of JSON are strings of JavaScript, Python, Go and Java as well.
const quoted = text => JSON.stringify(text);
const shellQuoted = text => `'${text.replaceAll("'", String.raw`'\''`)}'`;
/** Ruby would work out what stands in #{}. */
const rubyQuoted = json => json.replaceAll('#', String.raw`\#`);

/** Java reads a source in the encoding of the machine. */
const javaQuoted = text => quoted(text).replace(/[^ -~]/g, unit => String.raw`\u` + unit.charCodeAt().toString(16).padStart(4, '0'));

const headerLines = (headers, line) => Object.entries(headers).map(line).join('\n');

const curl = ({ url, method, headers, body }) => [
  `curl -i -X ${method} ${shellQuoted(url)}`,
  ...Object.entries(headers).map(([name, value]) => `  -H ${shellQuoted(`${name}: ${value}`)}`),
  ...(body ? [`  -d ${shellQuoted(oneLine(body))}`] : []),
].join(' \\\n');

const python = ({ url, method, headers, body }) => `import requests

response = requests.request(
    ${quoted(method)},
    ${quoted(url)},
    headers={
${headerLines(headers, ([name, value]) => `        ${quoted(name)}: ${quoted(value)},`)}
    },
${body ? `    json=${oneLine(body)},\n` : ''}    timeout=60,
)
print(response.status_code)
print(response.text)`;

const javascript = ({ url, method, headers, body }) => `const response = await fetch(${quoted(url)}, {
  method: ${quoted(method)},
  headers: {
${headerLines(headers, ([name, value]) => `    ${quoted(name)}: ${quoted(value)},`)}
  },
${body ? `  body: JSON.stringify(${oneLine(body)}),\n` : ''}});
console.log(response.status);
console.log(await response.text());`;

const go = ({ url, method, headers, body }) => `package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
${body ? '\t"strings"\n' : ''})

func main() {
${body ? `	body := strings.NewReader(${body.includes('`') ? quoted(oneLine(body)) : `\`${oneLine(body)}\``})\n` : ''}	request, err := http.NewRequest(${quoted(method)}, ${quoted(url)}, ${body ? 'body' : 'nil'})
	if err != nil {
		log.Fatal(err)
	}
${headerLines(headers, ([name, value]) => `	request.Header.Set(${quoted(name)}, ${quoted(value)})`)}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode)
	fmt.Println(string(answer))
}`;

const ruby = ({ url, method, headers, body }) => `require "json"
require "net/http"

uri = URI(${rubyQuoted(quoted(url))})
request = Net::HTTPGenericRequest.new(${quoted(method)}, ${Boolean(body)}, true, uri)
${headerLines(headers, ([name, value]) => `request[${quoted(name)}] = ${rubyQuoted(quoted(value))}`)}
${body ? `request.body = JSON.generate(${rubyQuoted(oneLine(body))})\n` : ''}
response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https") { |http| http.request(request) }
puts response.code, response.body`;

const java = ({ url, method, headers, body }) => `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

class Sample {
    public static void main(String[] args) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(${javaQuoted(url)}))
${headerLines(headers, ([name, value]) => `                .header(${javaQuoted(name)}, ${javaQuoted(value)})`)}
                .method(${javaQuoted(method)}, HttpRequest.BodyPublishers.${body ? `ofString(${javaQuoted(oneLine(body))})` : 'noBody()'})
                .build();

        var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        System.out.println(response.statusCode());
        System.out.println(response.body());
    }
}`;

/** By the key that Swagger UI has for each; syntax is the nearest that it can colour. */
export const LANGUAGES = {
  curl: { title: 'curl', syntax: 'bash', sample: curl },
  python: { title: 'Python', syntax: 'javascript', sample: python },
  javascript: { title: 'JavaScript', syntax: 'javascript', sample: javascript },
  go: { title: 'Go', syntax: 'javascript', sample: go },
  ruby: { title: 'Ruby', syntax: 'javascript', sample: ruby },
  java: { title: 'Java', syntax: 'javascript', sample: java },
};
