namespace MizarLab.Workload.Tcp;

/// <summary>
/// The receiving half of a connection: what came in order and is to be handed to the application, and what came too early.
/// The application takes everything at once, so the window never shrinks.
/// </summary>
internal sealed class TcpReceiver(SequenceNumber first)
{
    /// <summary>The largest window that needs no scaling.</summary>
    public const ushort Window = 65535;

    private readonly ReassemblyQueue early = new();
    private byte[] inbox = new byte[2048];
    private int inboxCount;

    /// <summary>The next octet expected.</summary>
    public SequenceNumber Next { get; private set; } = first;

    /// <summary>The peer's FIN has had its turn.</summary>
    public bool FinReached { get; private set; }

    /// <summary>A segment came marked by the network, and the peer has not said yet that it slowed down (RFC 3168 §6.1.3).</summary>
    public bool SawMark { get; private set; }

    /// <summary>Takes in what a segment says of congestion: that it met some, that the peer has reacted to it.</summary>
    public void TakeMark(bool marked, bool reduced) => SawMark = marked || (SawMark && !reduced);

    /// <summary>Whether a segment of this place and length has anything in the window (RFC 9293 §3.10.7.4).</summary>
    public bool Accepts(SequenceNumber start, int length) => length == 0
        ? start >= Next && start - Next < Window
        : start - Next < Window && start + length > Next;

    /// <summary>Takes in what lies in the window.</summary>
    public void Take(SequenceNumber start, ReadOnlySpan<byte> octets, bool fin)
    {
        int beyond = start + octets.Length - (Next + Window);
        if (beyond > 0)
        {
            octets = octets[..^Math.Min(beyond, octets.Length)];
            fin = false;
        }
        if (FinReached || octets.Length + (fin ? 1 : 0) == 0)
        {
            return;
        }
        if (start > Next)
        {
            early.Add(start, octets, fin);
            return;
        }
        int known = Next - start;
        if (known >= octets.Length + (fin ? 1 : 0))
        {
            return;
        }
        Accept(octets[Math.Min(known, octets.Length)..], fin);
        while (!FinReached && early.TryTake(Next, out ReadOnlySpan<byte> later, out bool laterFin))
        {
            Accept(later, laterFin);
        }
    }

    /// <summary>What came in order since the last call; good until the next segment.</summary>
    public ReadOnlySpan<byte> TakeInbox()
    {
        ReadOnlySpan<byte> taken = inbox.AsSpan(0, inboxCount);
        inboxCount = 0;
        return taken;
    }

    private void Accept(ReadOnlySpan<byte> octets, bool fin)
    {
        if (inboxCount + octets.Length > inbox.Length)
        {
            Array.Resize(ref inbox, Math.Max(inbox.Length * 2, inboxCount + octets.Length));
        }
        octets.CopyTo(inbox.AsSpan(inboxCount));
        inboxCount += octets.Length;
        Next += octets.Length + (fin ? 1 : 0);
        FinReached = fin;
    }
}
