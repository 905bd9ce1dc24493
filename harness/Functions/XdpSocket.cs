using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Bpf.Native;
using Calls = MizarLab.Harness.Namespaces.LibC;

namespace MizarLab.Harness.Functions;

/// <summary>
/// An AF_XDP socket on queue 0 of an interface, in copy mode, which every driver has: frames come and go through memory shared with the kernel, past its stack and past
/// every tap. Made inside the interface's namespace, used from anywhere.
/// </summary>
/// <remarks>linux/if_xdp.h. The lower half of the chunks is the kernel's to receive into, the upper half ours to send from.</remarks>
internal sealed unsafe class XdpSocket : IFunctionPort
{
    private const int Family = 44, Raw = 3, CloseOnExec = 0x8_0000, Level = 283, DontWait = 0x40;
    private const int MapOffsets = 1, ReceiveRing = 2, TransmitRing = 3, RegisterMemory = 4, FillRing = 5, CompletionRing = 6, Statistics = 7;
    private const long ReceiveAt = 0, TransmitAt = 0x8000_0000, FillAt = 0x1_0000_0000, CompletionAt = 0x1_8000_0000;
    private const ushort BindCopy = 2;
    private const int Private = 2, Anonymous = 0x20, Populate = 0x8000;
    private const uint Entries = 512, ChunkBytes = 4096;
    private const nuint MemoryBytes = 2 * Entries * ChunkBytes;

    private readonly SafeFileHandle socket;
    private readonly SingleProgram program;
    private XdpLink? link;
    private readonly List<(nint At, nuint Bytes)> mapped = [];
    private readonly Stack<ulong> free = [];
    private readonly byte* memory;
    private readonly XdpRing<XdpDescriptor> received, toSend;
    private readonly XdpRing<ulong> toFill, sent;

    /// <param name="device">The interface.</param>
    /// <param name="objects">Folder of the compiled programs; null: the lab's.</param>
    /// <exception cref="HarnessException">No such interface here, or the kernel refused.</exception>
    public XdpSocket(string device, string? objects)
    {
        program = new SingleProgram(objects, "function_socket");
        int descriptor = Calls.Socket(Family, Raw | CloseOnExec, 0);
        if (descriptor < 0)
        {
            program.Dispose();
            throw new HarnessException($"cannot open an AF_XDP socket: {Calls.LastError()} (the kernel needs CONFIG_XDP_SOCKETS)");
        }
        socket = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            memory = (byte*)Map(MemoryBytes, Private | Anonymous | Populate, -1, 0);
            Register registration = new() { Address = (ulong)memory, Bytes = MemoryBytes, ChunkBytes = ChunkBytes };
            Set(RegisterMemory, &registration, sizeof(Register));
            foreach (int ring in (ReadOnlySpan<int>)[FillRing, CompletionRing, ReceiveRing, TransmitRing])
            {
                uint entries = Entries;
                Set(ring, &entries, sizeof(uint));
            }
            Offsets at;
            Get(MapOffsets, &at, sizeof(Offsets));
            received = new(MapRing(at.Receive, sizeof(XdpDescriptor), ReceiveAt), at.Receive, Entries);
            toSend = new(MapRing(at.Transmit, sizeof(XdpDescriptor), TransmitAt), at.Transmit, Entries);
            toFill = new(MapRing(at.Fill, sizeof(ulong), FillAt), at.Fill, Entries);
            sent = new(MapRing(at.Completion, sizeof(ulong), CompletionAt), at.Completion, Entries);
            for (ulong chunk = 0; chunk < Entries; chunk++)
            {
                toFill.TryGive(chunk * ChunkBytes);
                free.Push((Entries + chunk) * ChunkBytes);
            }
            Bind(device);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether this kernel has such sockets.</summary>
    public static bool IsThere()
    {
        int descriptor = Calls.Socket(Family, Raw | CloseOnExec, 0);
        return descriptor >= 0 && LibC.Close(descriptor) == 0;
    }

    public bool PassesTaps => true;

    /// <summary>No room in the ring, or no chunk to receive into, or a frame longer than one.</summary>
    public long Lost
    {
        get
        {
            // struct xdp_statistics: rx_dropped, rx_invalid_descs, tx_invalid_descs, rx_ring_full, …
            const int fields = 6, dropped = 0, ringFull = 3;
            ulong* numbers = stackalloc ulong[fields];
            Get(Statistics, numbers, fields * sizeof(ulong));
            return (long)(numbers[dropped] + numbers[ringFull]);
        }
    }

    public void Wait(int milliseconds)
    {
        Calls.PollEntry entry = new() { Descriptor = Descriptor, Wanted = Calls.PollIn };
        _ = Calls.Poll(&entry, 1, milliseconds);
    }

    public int Receive(Span<byte> buffer)
    {
        if (received.Waiting == 0)
        {
            return 0;
        }
        XdpDescriptor frame = received.Take();
        new ReadOnlySpan<byte>(memory + frame.Address, (int)frame.Length).CopyTo(buffer);
        toFill.TryGive(frame.Address / ChunkBytes * ChunkBytes);
        return (int)frame.Length;
    }

    public bool Send(ReadOnlySpan<byte> frame)
    {
        while (sent.Waiting > 0)
        {
            free.Push(sent.Take());
        }
        if (frame.Length > ChunkBytes || !free.TryPop(out ulong chunk))
        {
            return false;
        }
        frame.CopyTo(new Span<byte>(memory + chunk, (int)ChunkBytes));
        toSend.TryGive(new XdpDescriptor { Address = chunk, Length = (uint)frame.Length });
        return Calls.Send(socket, null, 0, DontWait) >= 0 || Marshal.GetLastPInvokeError() == Calls.ErrorAgain;
    }

    public void Dispose()
    {
        link?.Dispose();
        program.Dispose();
        socket.Dispose();
        foreach ((nint at, nuint bytes) in mapped)
        {
            _ = LibC.Unmap(at, bytes);
        }
        mapped.Clear();
    }

    private int Descriptor => socket.DangerousGetHandle().ToInt32();

    private void Bind(string device)
    {
        const int queue = 0;
        uint index = Calls.InterfaceIndex(device);
        if (index == 0)
        {
            throw new HarnessException($"there is no interface '{device}' for a function");
        }
        Address address = new() { Family = Family, Flags = BindCopy, Interface = index, Queue = queue };
        Require(Calls.Bind(socket, &address, sizeof(Address)), $"bind an AF_XDP socket to '{device}'");
        program.Put("function_sockets", queue, Descriptor);
        link = program.Attach((int)index);
    }

    private nint MapRing(in XdpRingOffset ring, int entryBytes, long offset) =>
        Map((nuint)ring.Descriptors + (Entries * (nuint)entryBytes), LibC.MapShared | Populate, Descriptor, offset);

    private nint Map(nuint bytes, int flags, int descriptor, long offset)
    {
        nint at = LibC.Map(0, bytes, LibC.ProtectionRead | LibC.ProtectionWrite, flags, descriptor, offset);
        if (at == LibC.MapFailed)
        {
            throw new HarnessException($"cannot map an AF_XDP socket's memory: {Calls.LastError()}");
        }
        mapped.Add((at, bytes));
        return at;
    }

    private void Set(int option, void* value, int bytes) => Require(Calls.SetOption(socket, Level, option, value, bytes), $"set option {option} of an AF_XDP socket");

    private void Get(int option, void* value, int bytes) => Require(Calls.GetOption(socket, Level, option, value, &bytes), $"read option {option} of an AF_XDP socket");

    private static void Require(int answer, string what)
    {
        if (answer != 0)
        {
            throw new HarnessException($"cannot {what}: {Calls.LastError()}");
        }
    }

    /// <summary><c>struct xdp_umem_reg</c>.</summary>
    private struct Register
    {
        public ulong Address;
        public ulong Bytes;
        public uint ChunkBytes;
        public uint Headroom;
        public uint Flags;
        public uint MetadataBytes;
    }

    /// <summary><c>struct xdp_mmap_offsets</c>.</summary>
    private struct Offsets
    {
        public XdpRingOffset Receive;
        public XdpRingOffset Transmit;
        public XdpRingOffset Fill;
        public XdpRingOffset Completion;
    }

    /// <summary><c>struct sockaddr_xdp</c>.</summary>
    private struct Address
    {
        public ushort Family;
        public ushort Flags;
        public uint Interface;
        public uint Queue;
        public uint SharedMemory;
    }
}
