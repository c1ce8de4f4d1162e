package io.sluice.example;

import io.sluice.Node;
import io.sluice.Reply;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Requests and replies between two processes that know each other's names. Either may be started
 * first.
 *
 * <p>Run, in two terminals:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.RequestReply ask /dev/shm/trading
 * java @core/src/example/args io.sluice.example.RequestReply serve /dev/shm/trading
 * }</pre>
 *
 * <p>Prints, in the first one:
 *
 * <pre>{@code
 * price of tea: 300
 * price of coffee: 600
 * }</pre>
 */
public final class RequestReply {
    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: RequestReply ask|serve DIRECTORY");
            System.exit(2);
        }
        Path directory = Path.of(args[1]);
        if (args[0].equals("ask")) {
            ask(directory);
        } else {
            serve(directory);
        }
    }

    private static void ask(Path directory) throws Exception {
        try (Node node = Node.join(directory, "shop")) {
            node.awaitNode("pricing", Duration.ofSeconds(20));
            for (String item : new String[] {"tea", "coffee"}) {
                Reply reply = node.call("pricing", item.getBytes(), Duration.ofSeconds(20));
                // Without a reply, the outcome says whether the request may have been done.
                String price = reply.isReplied() ? new String(reply.toBytes()) : "?";
                System.out.println("price of " + item + ": " + price);
            }
        }
    }

    private static void serve(Path directory) throws Exception {
        try (Node node = Node.join(directory, "pricing")) {
            for (int served = 0; served < 2; ) {
                served +=
                        node.receive(
                                (request, memory, offset, length) ->
                                        request.tryReply(Integer.toString(100 * length).getBytes()),
                                10);
            }
        }
    }
}
