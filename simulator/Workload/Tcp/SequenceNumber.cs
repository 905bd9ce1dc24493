namespace MizarLab.Workload.Tcp;

/// <summary>A TCP sequence number: 32 bits that wrap, compared by the shorter way round (RFC 9293 §3.4).</summary>
public readonly record struct SequenceNumber(uint Value)
{
    public static SequenceNumber operator +(SequenceNumber number, int octets) => new(unchecked(number.Value + (uint)octets));

    /// <summary>How many octets <paramref name="a"/> lies after <paramref name="b"/>; negative when before it.</summary>
    public static int operator -(SequenceNumber a, SequenceNumber b) => unchecked((int)(a.Value - b.Value));

    public static bool operator <(SequenceNumber a, SequenceNumber b) => a - b < 0;

    public static bool operator >(SequenceNumber a, SequenceNumber b) => a - b > 0;

    public static bool operator <=(SequenceNumber a, SequenceNumber b) => a - b <= 0;

    public static bool operator >=(SequenceNumber a, SequenceNumber b) => a - b >= 0;
}
