package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class MachineTest {
  @Test
  void aProcessMayHaveAnyName() {
    String stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 150 25 7 9 20 0 1 0 99 1 2\n";
    assertEquals(1_750_000_000L, WatchedProcess.cpuNanos(stat));
  }

  @Test
  void aProcessThatIsGoneIsSaid() {
    assertThrows(BenchException.class, () -> new WatchedProcess(Long.MAX_VALUE).cpuNanos());
  }

  @Test
  void aFigureIsFoundAmongOthers() {
    String lines = "Name:\tbroker\nVmHWM:\t  340000 kB\nVmRSS:\t  320000 kB\nThreads:\t17\n";
    assertEquals(320_000, WatchedProcess.value(lines, "VmRSS"));
    assertEquals(17, WatchedProcess.value(lines, "Threads"));
  }

  @Test
  void aDiskHasTheNameThatLinuxGivesItsNumber() {
    assertEquals("254:0", BlockDevice.nameOf(0xfe00));
    assertEquals("8:17", BlockDevice.nameOf(0x811));
    assertEquals("259:1048575", BlockDevice.nameOf(0xfff1_03ffL));
  }

  @Test
  void sectorsOfADiskAreOf512Bytes() {
    String stat = "  199862  39555 7297738 110187 1413512 469600 343892728 1112229 0 553112 16\n";
    assertEquals(176_073_076_736L, BlockDevice.writtenBytes(stat));
  }

  @Test
  void waitingIsNotWork() {
    String stat = "cpu  1 2 3 1000 500 4 5 6 70 80\ncpu0 1 2 3 1000 500 4 5 6 70 80\n";
    assertEquals(210_000_000L, MachineCpu.nanos(stat));
  }
}
