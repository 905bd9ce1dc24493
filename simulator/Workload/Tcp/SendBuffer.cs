namespace MizarLab.Workload.Tcp;

/// <summary>Octets written and not yet acknowledged: a ring that grows, and behind it zeros that are only counted.</summary>
internal sealed class SendBuffer
{
    private byte[] ring = [];
    private int start;
    private int kept;
    private int zeros;

    public int Count => kept + zeros;

    /// <exception cref="InvalidOperationException">Zeros are waiting, and nothing can be kept behind them.</exception>
    public void Append(ReadOnlySpan<byte> octets)
    {
        if (zeros > 0)
        {
            throw new InvalidOperationException("nothing can be sent behind zeros that are only counted");
        }
        if (kept + octets.Length > ring.Length)
        {
            byte[] larger = new byte[Math.Max(Math.Max(2048, ring.Length * 2), kept + octets.Length)];
            CopyKept(0, larger.AsSpan(0, kept));
            ring = larger;
            start = 0;
        }
        int end = ring.Length == 0 ? 0 : (start + kept) % ring.Length;
        int first = Math.Min(octets.Length, ring.Length - end);
        octets[..first].CopyTo(ring.AsSpan(end));
        octets[first..].CopyTo(ring);
        kept += octets.Length;
    }

    public void AppendZeros(int octets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(octets);
        zeros = checked(zeros + octets);
    }

    /// <summary>Copies octets from <paramref name="offset"/> on; as many as <paramref name="destination"/> holds must be there.</summary>
    public void CopyTo(int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, Count);
        int fromRing = Math.Clamp(kept - offset, 0, destination.Length);
        if (fromRing > 0)
        {
            CopyKept(offset, destination[..fromRing]);
        }
        destination[fromRing..].Clear();
    }

    /// <summary>Forgets the first octets.</summary>
    public void Drop(int octets)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(octets, Count);
        int fromRing = Math.Min(octets, kept);
        start = ring.Length == 0 ? 0 : (start + fromRing) % ring.Length;
        kept -= fromRing;
        zeros -= octets - fromRing;
    }

    private void CopyKept(int offset, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }
        int from = (start + offset) % ring.Length;
        int first = Math.Min(destination.Length, ring.Length - from);
        ring.AsSpan(from, first).CopyTo(destination);
        ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }
}
