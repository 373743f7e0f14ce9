package io.itrgateway.redis;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends scripts on one connection: whole on their first use there, and by their digest from then on, since what follows on the connection finds
 * them. So a Redis that does not know a script yet costs no second round trip. Belongs to one context.
 *
 * <p>Answers carry no names: one that a proxy drops, repeats or takes from another client gives each later request the answer of the one before.
 * So each script gets a random tag as its last argument and returns it beside its result, and an answer with another tag is a failure. Since only
 * the script that was sent with a tag can return it, a result that is passed on is that of its own request. What failed may have taken effect, as
 * where there is no answer. An error has no tag: it may be that of another request, but a failure is all that it stands for.
 */
final class ScriptSender {

    private final RedisConnection connection;
    private final Set<Script> known = new HashSet<>();

    ScriptSender(RedisConnection connection) {
        this.connection = connection;
    }

    /** The result of the script; null if it returns none. */
    Future<Response> send(Script script, List<String> keys, Object[] arguments) {
        String tag = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Future<Response> answer = known.add(script)
                ? sendWhole(script, keys, arguments, tag)
                : connection
                        .send(request(Command.EVALSHA, script.sha1(), keys, arguments, tag))
                        // Redis may have dropped it since.
                        .recover(failure -> RedisFailure.isUnknownScript(failure)
                                ? sendWhole(script, keys, arguments, tag)
                                : Future.failedFuture(failure));
        return answer.compose(response -> result(response, tag));
    }

    private Future<Response> sendWhole(Script script, List<String> keys, Object[] arguments, String tag) {
        return connection.send(request(Command.EVAL, script.text(), keys, arguments, tag));
    }

    private static Future<Response> result(Response answer, String tag) {
        boolean isOfThisRequest = answer != null
                && answer.type() == ResponseType.MULTI
                && answer.size() > 0
                && tag.equals(String.valueOf(answer.get(0)));
        if (!isOfThisRequest) {
            return Future.failedFuture("answer of another request");
        }
        return Future.succeededFuture(answer.size() > 1 ? answer.get(1) : null);
    }

    private static Request request(Command command, String script, List<String> keys, Object[] arguments, String tag) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        for (Object argument : arguments) {
            if (argument instanceof byte[] bytes) {
                request.arg(Buffer.buffer(bytes));
            } else {
                request.arg(argument.toString());
            }
        }
        return request.arg(tag);
    }
}
