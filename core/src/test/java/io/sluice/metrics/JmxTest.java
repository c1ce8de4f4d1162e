package io.sluice.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Mailbox;
import io.sluice.Node;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.PipeView;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MXBeans in the platform's server show the numbers, as long as they are registered. */
@Timeout(60)
class JmxTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @TempDir Path directory;

    private <T> T proxy(JmxRegistration registration, Class<T> type) throws Exception {
        return JMX.newMXBeanProxy(server, new ObjectName(registration.name()), type);
    }

    @Test
    void aPipe() throws Exception {
        Path path = directory.resolve("p,=:\"*?");
        String name;
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096));
                JmxRegistration registration =
                        JmxRegistration.of(new PipeNumbers(path, pipe::statistics, 0));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            name = registration.name();
            sender.send(new byte[56]);
            PipeMXBean bean = proxy(registration, PipeMXBean.class);
            assertEquals(path.toString(), bean.getPath());
            assertEquals(1, bean.getMessages());
            assertEquals(64, bean.getSentBytes());
            assertEquals(64, bean.getDepthBytes());
            assertEquals(1, bean.getSenders());
            receiver.receive();
            assertEquals(64, bean.getReceivedBytes());
            assertEquals(0, bean.getMessages());
            IllegalStateException twice =
                    assertThrows(IllegalStateException.class, () -> JmxRegistration.of(pipe));
            assertTrue(twice.getMessage().endsWith("is registered already"), twice::getMessage);
            for (MBeanAttributeInfo attribute :
                    server.getMBeanInfo(new ObjectName(name)).getAttributes()) {
                server.getAttribute(new ObjectName(name), attribute.getName());
            }
            pipe.close();
            IllegalStateException closed =
                    assertThrows(IllegalStateException.class, bean::getMessages);
            assertTrue(closed.getMessage().contains(path.toString()), closed::getMessage);
        }
        assertFalse(server.isRegistered(new ObjectName(name)));
    }

    @Test
    void aViewAMailboxAndANode() throws Exception {
        Path path = directory.resolve("pipe");
        Mailbox<String> mailbox = Mailbox.bounded(8);
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096));
                PipeView view = PipeView.open(path);
                Node node = Node.join(directory.resolve("nodes"), "pricing");
                Sender<String> sender = mailbox.sender();
                Receiver<String> receiver = mailbox.receiver();
                JmxRegistration ofView = JmxRegistration.of(view);
                JmxRegistration ofMailbox = JmxRegistration.of(mailbox, "orders");
                JmxRegistration ofNode = JmxRegistration.of(node)) {
            sender.send("message");
            assertEquals(0, proxy(ofView, PipeMXBean.class).getSenders());
            MailboxMXBean orders = proxy(ofMailbox, MailboxMXBean.class);
            assertEquals("orders", orders.getName());
            assertEquals(1, orders.getMessages());
            assertEquals(8, orders.getCapacity());
            assertEquals(0, orders.getDroppedMessages());
            assertEquals(mailbox.toString(), orders.getState());
            NodeMXBean pricing = proxy(ofNode, NodeMXBean.class);
            assertEquals("pricing", pricing.getName());
            assertEquals(0, pricing.getLateReplies() + pricing.getDroppedReplies());
            assertEquals(0, pricing.getRefusedRequests() + pricing.getDroppedMessages());
            Set<String> names = new TreeSet<>();
            server.queryNames(new ObjectName("io.sluice:*"), null)
                    .forEach(found -> names.add(found.getKeyProperty("type")));
            assertTrue(names.containsAll(Set.of("Mailbox", "Node", "Pipe")), names::toString);
            ofNode.close();
            ofNode.close(); // Again, by the try statement too.
            assertFalse(server.isRegistered(new ObjectName(ofNode.name())));
        }
    }
}
