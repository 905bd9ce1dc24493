using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Functions;

/// <summary>
/// An AF_PACKET socket on an interface: frames come and go as they are, whatever their destination. Made inside the interface's namespace, used from anywhere.
/// </summary>
/// <remarks>The kernel's own stack sees the frames too and lets them go: they are addressed to the droplet's NIC, another MAC than the interface's.</remarks>
internal sealed class InterfaceSocket : IFunctionPort
{
    private const int DontWait = 0x40;

    private readonly SafeFileHandle socket;

    /// <exception cref="HarnessException">No such interface here, or the kernel refused.</exception>
    public InterfaceSocket(string device) => socket = PacketSocket.OpenTap(device);

    public bool PassesTaps => false;

    public long Lost => PacketSocket.Dropped(socket);

    public unsafe void Wait(int milliseconds)
    {
        LibC.PollEntry entry = new() { Descriptor = Descriptor, Wanted = LibC.PollIn };
        _ = LibC.Poll(&entry, 1, milliseconds);
    }

    /// <inheritdoc/>
    /// <remarks>What it sent itself is passed over.</remarks>
    public unsafe int Receive(Span<byte> buffer)
    {
        byte* address = stackalloc byte[PacketSocket.AddressBytes];
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                LibC.Piece piece = new() { Bytes = bytes, Length = (nuint)buffer.Length };
                LibC.MessageHeader message = new() { Name = address, NameLength = PacketSocket.AddressBytes, Pieces = &piece, PieceCount = 1 };
                nint length = LibC.Receive(Descriptor, &message, DontWait);
                if (length > 0 && address[PacketSocket.AddressPacketType] != PacketSocket.PacketOutgoing)
                {
                    return (int)length;
                }
                if (length < 0)
                {
                    switch (Marshal.GetLastPInvokeError())
                    {
                        case LibC.ErrorAgain:
                            return 0;
                        case LibC.ErrorInterrupted:
                        case LibC.ErrorNetworkDown: // said once, when the endpoint goes
                            continue;
                        default:
                            throw new HarnessException($"a function cannot read its interface: {LibC.LastError()}");
                    }
                }
            }
        }
    }

    public bool Send(ReadOnlySpan<byte> frame) => PacketSocket.TrySend(socket, frame) is null;

    public void Dispose() => socket.Dispose();

    private int Descriptor => socket.DangerousGetHandle().ToInt32();
}
