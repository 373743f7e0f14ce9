package io.itrgateway.transport;

import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.SharedHttpClient;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.client.api.LoggingScope;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;

/**
 * Builds the declared clients and runs their exchanges.
 *
 * <p>TLS comes from Quarkus' TLS registry: the configuration named {@value #TLS_NAME} ({@code quarkus.tls.deepvue.*}: own CA,
 * client certificate) if there is one, else the default one, else the platform's trust store.
 */
@ApplicationScoped
public class DeepvueTransport {

    /** A call that provably was not sent is tried on this many connections at the most. */
    public static final int MOST_STALE_CONNECTIONS = 3;

    static final String TLS_NAME = "deepvue";

    /** Idle connections are closed before a usual upstream (30 s and more) or balancer (60 s and more) closes them. */
    static final int KEPT_IDLE_SECONDS = 25;

    private final Vertx vertx;
    private final AnswerMemory memory;
    private final AnswerReader answers;
    private final Clock clock;
    private final SurplusTelemetry surplus;
    private final TlsConfigurationRegistry tls;
    private final ConnectionSettings settings;
    private final HostAddresses addresses;
    private final String userAgent;

    DeepvueTransport(
            Vertx vertx,
            AnswerMemory memory,
            TlsConfigurationRegistry tls,
            ConnectionSettings settings,
            Clock clock,
            SurplusTelemetry surplus,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.vertx = vertx;
        this.memory = memory;
        this.answers = new AnswerReader(vertx, memory);
        this.tls = tls;
        this.clock = clock;
        this.surplus = surplus;
        this.settings = settings;
        this.addresses = HostAddresses.toConnectTo(settings, vertx);
        this.userAgent = "itr-gateway/" + version;
    }

    /** Where Deepvue is. */
    public URI baseUrl() {
        return settings.baseUrl();
    }

    /** From the start of a call to the last byte of its answer. */
    public Duration answerTimeout() {
        return settings.answerTimeout();
    }

    /**
     * Makes the client of a declared interface. Its methods return {@code Uni<Response>}: no status is a failure
     * to it, and it decodes nothing.
     *
     * @param connections most connections at once; each carries one exchange at a time
     */
    public <T> T client(Class<T> declared, int connections) {
        // What the client's options come to is known when it is built, and whose connections it uses before: so it is
        // built twice.
        var last = new AtomicReference<HttpClientOptions>();
        close(builder(connections, last::set).build(declared));
        String name = declared.getName() + " " + UUID.randomUUID();
        registerClient(name, last.get());
        return builder(connections, options -> options.setShared(true).setName(name))
                .build(declared);
    }

    /** Puts a client of our own where Vert.x looks for the one of that name before it makes one. */
    private void registerClient(String name, HttpClientOptions options) {
        VertxInternal internal = (VertxInternal) vertx;
        internal.createSharedClient(SharedHttpClient.SHARED_MAP_NAME, name, internal.closeFuture(), closed -> {
            var client = new MultiAddressHttpClient(
                    internal, options, closed, addresses, settings.proxy(), settings.connectTimeout());
            closed.add(client);
            return client;
        });
    }

    private static void close(Object client) {
        try {
            ((Closeable) client).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private QuarkusRestClientBuilder builder(int connections, Consumer<HttpClientOptions> customizer) {
        var builder = QuarkusRestClientBuilder.newBuilder()
                .baseUri(settings.baseUrl())
                .connectTimeout(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .readTimeout(0, TimeUnit.MILLISECONDS) // the exchange has its own, over all of it
                .followRedirects(false)
                .enableCompression(false) // whatever is configured: no coding is asked for, and none is decoded twice
                .userAgent(userAgent)
                .loggingScope(LoggingScope.NONE) // whatever is configured: it would print bodies and keys
                .disableDefaultMapper(true)
                .property(QuarkusRestClientProperties.CONNECTION_POOL_SIZE, connections)
                .property(QuarkusRestClientProperties.CONNECTION_TTL, KEPT_IDLE_SECONDS)
                .property(QuarkusRestClientProperties.CAPTURE_STACKTRACE, false)
                .proxyAddress("none", 0) // whatever is configured: ProxySettings has read it
                .httpClientOptionsCustomizer(options -> {
                    applyFixedOptions(options, settings);
                    customizer.accept(options);
                })
                .httpClientRequestCustomizer(request -> HttpAttempt.onOpen(request, clock, surplus::record));
        tls().ifPresent(builder::tlsConfiguration);
        return builder;
    }

    /** How connections to Deepvue are encrypted; empty for the platform's own way. */
    public Optional<TlsConfiguration> tls() {
        return tls.get(TLS_NAME).or(tls::getDefault);
    }

    static void applyFixedOptions(HttpClientOptions options, ConnectionSettings settings) {
        // Whatever is configured: a caller's trace is nothing to Deepvue.
        options.setTracingPolicy(TracingPolicy.IGNORE);
        // One exchange at a time on a connection, its answer read by UpstreamHttp1Codec, whatever is configured.
        options.setProtocolVersion(HttpVersion.HTTP_1_1).setUseAlpn(false).setPipelining(false);
        options.setSslHandshakeTimeout(settings.connectTimeout().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    /**
     * Runs one exchange on the current (duplicated) Vert.x context. Fails with {@link ExchangeFailure} only. Not stopped
     * by a subscriber who leaves.
     *
     * @param caller in whose share of the memory for answers the answer is
     * @param maySend asked when a connection is there and the request is about to be written to it; if not, it is not written
     * @param sent run when the request has been written, or a second later if it is the first on its connection; not run if that fails
     */
    public Uni<Answer> exchange(String caller, Supplier<Uni<Response>> call, BooleanSupplier maySend, Runnable sent) {
        return HttpAttempt.send(
                vertx, () -> new AnswerBody(memory, caller), settings.answerTimeout(), call, maySend, sent);
    }

    /** What the reader makes of an answer to that caller, on the current context, whose thread is not held up by a long one. */
    public <T> Uni<T> read(String caller, Answer answer, Function<Answer, T> reader) {
        return answers.read(caller, answer, reader);
    }
}
