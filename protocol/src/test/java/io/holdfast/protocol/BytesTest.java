package io.holdfast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytesTest {
  private static final byte[] CONTENT =
      "some content of 27 bytes \u00e9".getBytes(StandardCharsets.UTF_8);

  /// The same content in every kind of memory, each with something else around it.
  private static List<Bytes> views() {
    List<Bytes> views = new ArrayList<>();
    for (ByteBuffer memory :
        new ByteBuffer[] {ByteBuffer.allocate(60), ByteBuffer.allocateDirect(60)}) {
      for (int i = 0; i < 60; i++) {
        memory.put(i, (byte) 0xEE);
      }
      memory.put(7, CONTENT);
      views.add(Bytes.borrow(memory, 7, CONTENT.length));
      views.add(Bytes.borrow(memory.asReadOnlyBuffer(), 7, CONTENT.length));
      views.add(Bytes.borrow(memory.slice(5, 50), 2, CONTENT.length));
      views.add(Bytes.borrow(memory.duplicate().order(ByteOrder.LITTLE_ENDIAN), 7, CONTENT.length));
      views.add(Bytes.borrow(memory, 3, 50).slice(4, CONTENT.length));
    }
    views.add(Bytes.of(CONTENT));
    return views;
  }

  @Test
  void contentCountsAndNotWhereItLies() {
    for (Bytes one : views()) {
      for (Bytes other : views()) {
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
        assertEquals(0, one.compareTo(other));
      }
      assertEquals(Bytes.of(CONTENT), one.copy());
      assertEquals("some content of 27 bytes \u00e9", one.toUtf8());
    }
  }

  @Test
  void oneByteMakesADifference() {
    Bytes content = Bytes.of(CONTENT);
    for (int i = 0; i < CONTENT.length; i++) {
      byte[] other = CONTENT.clone();
      other[i] ^= 1;
      assertNotEquals(content, Bytes.own(other));
      assertNotEquals(content.hashCode(), Bytes.own(other).hashCode());
    }
    assertNotEquals(content, content.slice(0, CONTENT.length - 1));
  }

  @Test
  void aViewEndsWhereItEnds() {
    for (Bytes view : views()) {
      int length = view.length();
      assertThrows(IndexOutOfBoundsException.class, () -> view.at(length));
      assertThrows(IndexOutOfBoundsException.class, () -> view.at(-1));
      assertThrows(IndexOutOfBoundsException.class, () -> view.longAt(length - 7));
      assertThrows(IndexOutOfBoundsException.class, () -> view.slice(1, length));
      assertThrows(IndexOutOfBoundsException.class, () -> view.slice(-1, 2));
    }
  }

  @Test
  void aBorrowedViewChangesWithItsBufferAndACopyDoesNot() {
    ByteBuffer memory = ByteBuffer.wrap(CONTENT.clone());
    Bytes view = Bytes.borrow(memory, 0, 4);
    Bytes copy = view.copy();
    memory.put(0, (byte) 'S');
    assertEquals("Some", view.toUtf8());
    assertEquals("some", copy.toUtf8());
  }

  @Test
  void whatIsOwnedIsNotCopiedAgainAndAPartOfItIs() {
    Bytes owned = Bytes.of(CONTENT);
    assertSame(owned, owned.copy());
    Bytes part = owned.slice(0, 4);
    assertEquals("some", part.copy().toUtf8());
  }

  @Test
  void nobodyChangesWhatIsOwned() {
    byte[] mine = CONTENT.clone();
    Bytes owned = Bytes.of(mine);
    mine[0] = 0;
    owned.toArray()[0] = 0;
    assertEquals(Bytes.of(CONTENT), owned);
    assertTrue(owned.asBuffer().isReadOnly());
  }

  @Test
  void bytesSortAsTheirTextDoes() {
    List<String> sorted = List.of("", "a", "aa", "b", "z", "\u00e9", "\u20ac", "\ud83d\ude00");
    for (int i = 0; i < sorted.size(); i++) {
      for (int j = 0; j < sorted.size(); j++) {
        int compared = Bytes.utf8(sorted.get(i)).compareTo(Bytes.utf8(sorted.get(j)));
        assertEquals(Integer.signum(Integer.compare(i, j)), Integer.signum(compared));
      }
    }
  }

  @Test
  void writingMovesTheTargetByTheLength() {
    for (Bytes view : views()) {
      ByteBuffer target = ByteBuffer.allocate(100).position(10);
      view.writeTo(target);
      assertEquals(10 + view.length(), target.position());
      assertEquals(Bytes.of(CONTENT), Bytes.borrow(target, 10, view.length()));
    }
  }

  @Test
  void aByteOrderMarkIsPartOfTheText() {
    assertEquals("\ufeffa", Bytes.of((byte) 0xEF, (byte) 0xBB, (byte) 0xBF, (byte) 'a').toUtf8());
  }
}
