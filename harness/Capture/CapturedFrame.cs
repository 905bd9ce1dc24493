namespace MizarLab.Harness.Capture;

/// <summary>One frame at one tap.</summary>
/// <param name="Tap">What the tap was opened as.</param>
/// <param name="Outgoing">The interface sent it; else it received it.</param>
/// <param name="RealtimeNanoseconds">The kernel's timestamp, CLOCK_REALTIME.</param>
/// <param name="Bytes">The whole frame from the Ethernet header on, a VLAN tag the kernel took out put back.</param>
internal readonly record struct CapturedFrame(int Tap, bool Outgoing, long RealtimeNanoseconds, byte[] Bytes);
