package io.sluice;

/** A mailbox's ends. */
class MailboxObjectEndsTest extends ObjectEndsContract {
    @Override
    void open() {
        Mailbox<Long> mailbox = Mailbox.bounded(64);
        sender = mailbox.sender();
        receiver = mailbox.receiver();
    }
}
