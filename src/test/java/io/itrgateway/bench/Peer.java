package io.itrgateway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Another server that forwards as the {@link BareProxy} does, and that the machine has to have. */
enum Peer {
    NGINX {
        /** One process, which is the one that is measured. */
        @Override
        List<String> command(Path directory, int port, int upstreamPort) throws IOException {
            Path configuration = Files.writeString(directory.resolve("nginx.conf"), """
                    daemon off;
                    master_process off;
                    worker_processes 1;
                    pid %1$s/nginx.pid;
                    error_log %1$s/nginx-error.log warn;
                    events { worker_connections 16384; }
                    http {
                        access_log off;
                        client_body_temp_path %1$s/nginx-body;
                        proxy_temp_path %1$s/nginx-proxy;
                        fastcgi_temp_path %1$s/nginx-fastcgi;
                        uwsgi_temp_path %1$s/nginx-uwsgi;
                        scgi_temp_path %1$s/nginx-scgi;
                        keepalive_requests 100000000;
                        upstream stub {
                            server 127.0.0.1:%3$d;
                            keepalive 1024;
                            keepalive_requests 100000000;
                        }
                        server {
                            listen 127.0.0.1:%2$d backlog=8192;
                            location / {
                                proxy_pass http://stub;
                                proxy_http_version 1.1;
                                proxy_set_header Connection "";
                                proxy_set_header Authorization "Bearer %4$s";
                                proxy_set_header x-api-key "%5$s";
                            }
                        }
                    }
                    """.formatted(
                            directory.toAbsolutePath(),
                            port,
                            upstreamPort,
                            StubUpstream.ACCESS_TOKEN,
                            StubUpstream.CLIENT_SECRET));
            return List.of("nginx", "-c", configuration.toAbsolutePath().toString());
        }
    },

    /** With nothing but what Node.js brings. */
    NODE {
        @Override
        List<String> command(Path directory, int port, int upstreamPort) throws IOException {
            Path program = Files.writeString(directory.resolve("proxy.mjs"), """
                    import http from 'node:http';

                    const agent = new http.Agent({ keepAlive: true, maxSockets: 1024 });

                    http.createServer((request, response) => {
                      const headers = { authorization: 'Bearer %3$s', 'x-api-key': '%4$s' };
                      for (const name of ['content-type', 'content-length']) {
                        if (request.headers[name]) headers[name] = request.headers[name];
                      }
                      const upstream = { agent, host: '127.0.0.1', port: %2$d, method: request.method, path: request.url, headers };
                      const call = http.request(upstream, (answer) => {
                        response.writeHead(answer.statusCode, {
                          'content-type': answer.headers['content-type'],
                          'content-length': answer.headers['content-length'],
                        });
                        answer.pipe(response);
                      });
                      call.on('error', () => response.writeHead(502).end());
                      request.pipe(call);
                    }).listen(%1$d, '127.0.0.1', 8192);
                    """.formatted(
                            port, upstreamPort, StubUpstream.ACCESS_TOKEN, StubUpstream.CLIENT_SECRET));
            return List.of("node", program.toString());
        }
    };

    /** What starts it, with its files in that directory. */
    abstract List<String> command(Path directory, int port, int upstreamPort) throws IOException;

    /** As the table has it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Peer of(String label) {
        for (Peer peer : values()) {
            if (peer.label().equals(label)) {
                return peer;
            }
        }
        throw new IllegalArgumentException("bench.peers has %s; it should have some of nginx, node".formatted(label));
    }
}
