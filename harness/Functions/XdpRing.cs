namespace MizarLab.Harness.Functions;

/// <summary>Where the kernel keeps the parts of one ring of an AF_XDP socket (<c>struct xdp_ring_offset</c>), in bytes from the ring's begin.</summary>
internal struct XdpRingOffset
{
    public ulong Producer;
    public ulong Consumer;
    public ulong Descriptors;
    public ulong Flags;
}

/// <summary>A frame's place in the socket's memory (<c>struct xdp_desc</c>).</summary>
internal struct XdpDescriptor
{
    public ulong Address;
    public uint Length;
    public uint Options;
}

/// <summary>
/// One ring of an AF_XDP socket, which this process shares with the kernel: one side writes entries and moves the producer on, the other reads them and moves the consumer
/// on. Indexes run freely, and a slot is the index modulo the size, a power of two.
/// </summary>
/// <typeparam name="T">What an entry is: a descriptor, or an address.</typeparam>
internal readonly unsafe struct XdpRing<T>(nint memory, in XdpRingOffset at, uint size)
    where T : unmanaged
{
    private readonly uint* producer = (uint*)(memory + (nint)at.Producer);
    private readonly uint* consumer = (uint*)(memory + (nint)at.Consumer);
    private readonly T* entries = (T*)(memory + (nint)at.Descriptors);
    private readonly uint size = size;

    /// <summary>Entries the other side has written and this one not read.</summary>
    public uint Waiting => Volatile.Read(ref *producer) - *consumer;

    /// <summary>Takes the next entry; there must be one. The store after it lets the kernel have the slot again.</summary>
    public T Take()
    {
        T entry = entries[*consumer & (size - 1)];
        Volatile.Write(ref *consumer, *consumer + 1);
        return entry;
    }

    /// <summary>Gives the other side an entry; false when the ring is full.</summary>
    public bool TryGive(in T entry)
    {
        if (*producer - Volatile.Read(ref *consumer) >= size)
        {
            return false;
        }
        entries[*producer & (size - 1)] = entry;
        Volatile.Write(ref *producer, *producer + 1);
        return true;
    }
}
