using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Capture;

/// <summary>AF_PACKET sockets of one interface, to see its frames or to send some. Both must be made inside the interface's namespace.</summary>
internal static class PacketSocket
{
    public const int LevelSocket = 1;
    public const int LevelPacket = 263;
    public const int TimestampNanoseconds = 35;
    public const int AuxiliaryData = 8;
    public const int Statistics = 6;

    private const int FamilyPacket = 17;
    private const int SocketRaw = 3;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x8_0000;
    private const int ReceiveBufferForce = 33;
    private const ushort AllProtocols = 3;

    /// <summary>Room for the frames of a burst while the reader is not scheduled; the kernel counts twice this.</summary>
    private const int ReceiveBufferBytes = 16 << 20;

    /// <summary>Bytes of <c>struct sockaddr_ll</c>.</summary>
    public const int AddressBytes = 20;

    /// <summary>Byte of <c>struct sockaddr_ll</c> that says which way a frame went, and its value for frames sent.</summary>
    public const int AddressPacketType = 10;

    public const byte PacketOutgoing = 4;

    /// <summary>A socket that sees every frame of the interface, both ways, with kernel timestamps. It begins to see when this returns.</summary>
    /// <exception cref="HarnessException">No such interface here, or the kernel refused.</exception>
    public static unsafe SafeFileHandle OpenTap(string device)
    {
        SafeFileHandle socket = Open(NonBlocking);
        try
        {
            int size = ReceiveBufferBytes, one = 1;
            Require(LibC.SetOption(socket, LevelSocket, ReceiveBufferForce, &size, sizeof(int)), "enlarge a capture's buffer");
            Require(LibC.SetOption(socket, LevelSocket, TimestampNanoseconds, &one, sizeof(int)), "ask for timestamps");
            Require(LibC.SetOption(socket, LevelPacket, AuxiliaryData, &one, sizeof(int)), "ask for VLAN tags");
            Bind(socket, device, AllProtocols);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket that sends whole frames by the interface and receives nothing.</summary>
    /// <exception cref="HarnessException">As above.</exception>
    public static SafeFileHandle OpenSender(string device)
    {
        SafeFileHandle socket = Open(0);
        try
        {
            Bind(socket, device, 0);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one frame, Ethernet header and all, as it is.</summary>
    /// <returns>Null, or why the kernel refused it.</returns>
    public static unsafe string? TrySend(SafeFileHandle sender, ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            return LibC.Send(sender, bytes, (nuint)frame.Length, 0) == frame.Length ? null : LibC.LastError();
        }
    }

    /// <summary>Frames the kernel could not queue since the last question.</summary>
    public static unsafe long Dropped(SafeFileHandle tap)
    {
        // struct tpacket_stats: packets, drops.
        uint* numbers = stackalloc uint[2];
        int length = 2 * sizeof(uint);
        Require(LibC.GetOption(tap, LevelPacket, Statistics, numbers, &length), "read a capture's statistics");
        return numbers[1];
    }

    private static SafeFileHandle Open(int flags)
    {
        // Protocol 0: nothing is queued until the socket is bound to its interface.
        int descriptor = LibC.Socket(FamilyPacket, SocketRaw | flags | CloseOnExec, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new HarnessException($"cannot open a packet socket: {LibC.LastError()} (needs CAP_NET_RAW)");
    }

    private static unsafe void Bind(SafeFileHandle socket, string device, ushort protocol)
    {
        uint index = LibC.InterfaceIndex(device);
        if (index == 0)
        {
            throw new HarnessException($"there is no interface '{device}' to capture on");
        }
        Span<byte> address = stackalloc byte[AddressBytes];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, FamilyPacket);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], protocol);
        BinaryPrimitives.WriteUInt32LittleEndian(address[4..], index);
        fixed (byte* bytes = address)
        {
            Require(LibC.Bind(socket, bytes, AddressBytes), $"capture on '{device}'");
        }
    }

    private static void Require(int answer, string what)
    {
        if (answer != 0)
        {
            throw new HarnessException($"cannot {what}: {LibC.LastError()}");
        }
    }
}
