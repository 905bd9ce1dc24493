namespace MizarLab.Workload.Tcp;

/// <summary>Octets written and not yet acknowledged: a ring that grows.</summary>
internal sealed class SendBuffer
{
    private byte[] ring = new byte[2048];
    private int start;

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> octets)
    {
        if (Count + octets.Length > ring.Length)
        {
            byte[] larger = new byte[Math.Max(ring.Length * 2, Count + octets.Length)];
            CopyTo(0, larger.AsSpan(0, Count));
            ring = larger;
            start = 0;
        }
        int end = (start + Count) % ring.Length;
        int first = Math.Min(octets.Length, ring.Length - end);
        octets[..first].CopyTo(ring.AsSpan(end));
        octets[first..].CopyTo(ring);
        Count += octets.Length;
    }

    /// <summary>Copies octets from <paramref name="offset"/> on; as many as <paramref name="destination"/> holds must be there.</summary>
    public void CopyTo(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, Count);
        int from = (start + offset) % ring.Length;
        int first = Math.Min(destination.Length, ring.Length - from);
        ring.AsSpan(from, first).CopyTo(destination);
        ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    /// <summary>Forgets the first octets.</summary>
    public void Drop(int octets)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(octets, Count);
        start = (start + octets) % ring.Length;
        Count -= octets;
    }
}
