package io.sluice;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A mailbox's ends, where it holds a few messages and waits when it is full. */
@ParameterizedClass
@MethodSource("channels")
class MailboxObjectEndsTest extends ObjectEndsContract {
    record Channel(int capacity, Setup setup) {}

    static List<Channel> channels() {
        return IntStream.of(8, 64)
                .boxed()
                .flatMap(n -> Setup.all().stream().map(setup -> new Channel(n, setup)))
                .toList();
    }

    @Parameter Channel channel;

    @Override
    void open() {
        Mailbox<Long> mailbox = channel.setup().mailbox(channel.capacity());
        sender = channel.setup().sender(mailbox);
        receiver = channel.setup().receiver(mailbox);
    }
}
