/** Waiting strategies of an end: spinning, or spinning briefly and then blocking. */
package io.sluice.wait;
