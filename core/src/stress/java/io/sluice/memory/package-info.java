/** What release and acquire of mapped memory promise. */
package io.sluice.memory;
