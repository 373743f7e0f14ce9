package io.itrgateway.redis;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sends scripts on one connection: whole on their first use there, and by their digest from then on, since what follows on the connection finds
 * them. So a Redis that does not know a script yet costs no second round trip. Belongs to one context.
 */
final class ScriptSender {

    private final RedisConnection connection;
    private final Set<Script> sent = new HashSet<>();

    ScriptSender(RedisConnection connection) {
        this.connection = connection;
    }

    Future<Response> send(Script script, List<String> keys, Object[] arguments) {
        return sent.add(script)
                ? sendWhole(script, keys, arguments)
                : connection
                        .send(request(Command.EVALSHA, script.sha1(), keys, arguments))
                        // Redis may have dropped it since.
                        .recover(failure -> RedisFailure.isUnknownScript(failure)
                                ? sendWhole(script, keys, arguments)
                                : Future.failedFuture(failure));
    }

    private Future<Response> sendWhole(Script script, List<String> keys, Object[] arguments) {
        return connection.send(request(Command.EVAL, script.text(), keys, arguments));
    }

    static Request request(Command command, String script, List<String> keys, Object[] arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        for (Object argument : arguments) {
            if (argument instanceof byte[] bytes) {
                request.arg(Buffer.buffer(bytes));
            } else {
                request.arg(argument.toString());
            }
        }
        return request;
    }
}
