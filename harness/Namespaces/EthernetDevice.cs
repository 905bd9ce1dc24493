using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Namespaces;

/// <summary>
/// Switches of one network interface, by ioctl and not by <c>ethtool</c>: dozens of interfaces cost microseconds. Every method must run
/// inside the interface's namespace.
/// </summary>
internal static class EthernetDevice
{
    private const int FamilyInet = 2;
    private const int SocketDatagram = 2;
    private const int CloseOnExec = 0x8_0000;

    // linux/sockios.h, linux/if.h.
    private const nuint GetFlags = 0x8913;
    private const nuint EthtoolRequest = 0x8946;
    private const ushort FlagRunning = 0x40;
    private const int RequestName = 16;
    private const int RequestBytes = 40;

    // linux/ethtool.h: { u32 command; u32 value }.
    private const uint SetTransmitChecksum = 0x17;
    private const uint SetScatterGather = 0x19;
    private const uint SetTcpSegmentation = 0x1f;
    private const uint SetGenericSegmentation = 0x24;
    private const uint SetGenericReceive = 0x2c;

    /// <summary>
    /// Makes the interface send what is on the wire, checksums filled in and no segment larger than the MTU (native XDP hands on whatever it is given), and
    /// makes it poll, without which frames redirected or transmitted into it by its peer's program are lost.
    /// </summary>
    /// <remarks>Receive offload is on for the polling alone: the interface's <c>gro_max_size</c> of 1 keeps two segments from becoming one.</remarks>
    /// <exception cref="HarnessException">The kernel refused.</exception>
    public static void PrepareForXdp(string device)
    {
        using SafeFileHandle socket = OpenSocket();
        Set(socket, device, SetTransmitChecksum, 0, "transmit checksum offload");
        Set(socket, device, SetTcpSegmentation, 0, "TCP segmentation offload");
        Set(socket, device, SetGenericSegmentation, 0, "generic segmentation offload");
        Set(socket, device, SetScatterGather, 0, "scatter-gather");
        Set(socket, device, SetGenericReceive, 1, "generic receive offload");
    }

    /// <summary>Waits until the interface has a carrier and sends; up to <paramref name="limit"/>.</summary>
    /// <exception cref="HarnessException">It does not come up.</exception>
    public static unsafe void WaitUntilRunning(string device, TimeSpan limit)
    {
        using SafeFileHandle socket = OpenSocket();
        byte* request = stackalloc byte[RequestBytes];
        long end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            WriteName(request, device);
            if (LibC.Control(socket, GetFlags, request) != 0)
            {
                throw new HarnessException($"cannot read the flags of '{device}': {LibC.LastError()}");
            }
            if ((BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(request + RequestName, 2)) & FlagRunning) != 0)
            {
                return;
            }
            if (Environment.TickCount64 > end)
            {
                throw new HarnessException($"link '{device}' did not come up within {limit.TotalMilliseconds:0} ms");
            }
            Thread.Sleep(1);
        }
    }

    private static unsafe void Set(SafeFileHandle socket, string device, uint command, uint value, string what)
    {
        byte* request = stackalloc byte[RequestBytes];
        uint* argument = stackalloc uint[2];
        argument[0] = command;
        argument[1] = value;
        WriteName(request, device);
        *(void**)(request + RequestName) = argument;
        if (LibC.Control(socket, EthtoolRequest, request) != 0)
        {
            throw new HarnessException($"cannot set {what} of '{device}' to {value}: {LibC.LastError()}");
        }
    }

    private static unsafe void WriteName(byte* request, string device)
    {
        Span<byte> all = new(request, RequestBytes);
        all.Clear();
        Encoding.ASCII.GetBytes(device, all[..LabNames.LongestLink]);
    }

    private static SafeFileHandle OpenSocket()
    {
        int descriptor = LibC.Socket(FamilyInet, SocketDatagram | CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new HarnessException($"cannot open a socket: {LibC.LastError()}");
    }
}
