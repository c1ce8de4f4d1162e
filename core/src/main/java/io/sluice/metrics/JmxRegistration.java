package io.sluice.metrics;

import io.sluice.Mailbox;
import io.sluice.Node;
import io.sluice.Pipe;
import io.sluice.PipeView;
import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * An MXBean with the statistics of a pipe, a mailbox or a node, in the platform's MBean server
 * until it is closed.
 *
 * <pre>{@code
 * try (JmxRegistration registration = JmxRegistration.of(pipe)) {
 *     …
 * }
 * }</pre>
 *
 * <p>Any thread.
 */
public final class JmxRegistration implements AutoCloseable {
    private final ObjectName name;

    private JmxRegistration(Object bean, String type, String name) {
        try {
            this.name =
                    new ObjectName("io.sluice:type=" + type + ",name=" + ObjectName.quote(name));
            ManagementFactory.getPlatformMBeanServer().registerMBean(bean, this.name);
        } catch (InstanceAlreadyExistsException e) {
            throw new IllegalStateException(type + " " + name + " is registered already", e);
        } catch (JMException e) {
            throw new IllegalStateException(type + " " + name + " cannot be registered", e);
        }
    }

    /**
     * Registers the {@link PipeMXBean} of a pipe, by its path.
     *
     * @param pipe the pipe, which is open for as long as it is registered
     * @return the registration
     * @throws IllegalStateException if it is registered already
     */
    public static JmxRegistration of(Pipe pipe) {
        return of(new PipeNumbers(pipe.path(), pipe::statistics, PipeNumbers.MAX_AGE));
    }

    /**
     * Registers the {@link PipeMXBean} of a pipe of which this process needs no end, by its path.
     *
     * @param view the view, which is open for as long as it is registered, and only used by that
     * @return the registration
     * @throws IllegalStateException if it is registered already
     */
    public static JmxRegistration of(PipeView view) {
        return of(new PipeNumbers(view.path(), view::statistics, PipeNumbers.MAX_AGE));
    }

    static JmxRegistration of(PipeNumbers numbers) {
        return new JmxRegistration(numbers, "Pipe", numbers.getPath());
    }

    /**
     * Registers the {@link MailboxMXBean} of a mailbox.
     *
     * @param mailbox the mailbox
     * @param name what it is called, since a mailbox has no name
     * @return the registration
     * @throws IllegalStateException if another mailbox of this name is registered
     */
    public static JmxRegistration of(Mailbox<?> mailbox, String name) {
        return new JmxRegistration(new MailboxNumbers(mailbox, name), "Mailbox", name);
    }

    /**
     * Registers the {@link NodeMXBean} of a node, by its name.
     *
     * @param node the node
     * @return the registration
     * @throws IllegalStateException if another node of this name is registered
     */
    public static JmxRegistration of(Node node) {
        return new JmxRegistration(new NodeNumbers(node), "Node", node.name());
    }

    /**
     * Returns the name of the MXBean.
     *
     * @return the text of its {@code ObjectName}
     */
    public String name() {
        return name.toString();
    }

    /** Unregisters the MXBean. Does nothing a second time. */
    @Override
    public void close() {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // It is closed, or the server's user has unregistered it.
        } catch (JMException e) {
            throw new IllegalStateException(name + " cannot be unregistered", e);
        }
    }
}
