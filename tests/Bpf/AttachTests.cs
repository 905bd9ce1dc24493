using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Programs on real interfaces, with frames that really cross: attached natively, told by the ring buffer, gone with their link. The data
/// plane's own namespace serves: its ports 0 and 1 are the two ends of one veth pair.
/// </summary>
public sealed class AttachTests
{
    private const string RunId = "0000000f";

    [RootFact]
    public void AnAttachedProgramSeesFramesUntilItsLinkIsDisposed()
    {
        using BpfDataPlane bpf = new(1, RunId, new BpfOptions { Recording = Recording.Frames });
        BpfWorld.Write(bpf);
        BpfDroplet droplet = bpf.Droplet(BpfWorld.Droplet);
        byte[] frame = BpfWorld.OnWire(BpfWorld.Ping(BpfWorld.Local, BpfWorld.Hosted));
        List<(int Ingress, ProgramResult Result, byte[] In)> events = [];
        using TraceReader reader = new([droplet], (int _, in TraceEvent trace) =>
        {
            if (trace.FrameIn.SequenceEqual(frame)) // and not what the kernel's stack says to a new interface
            {
                events.Add((trace.IngressInterface, trace.Result.Result, trace.FrameIn.ToArray()));
            }
        });
        bpf.Execute(() =>
        {
            int nic = IndexOf(0), wire = IndexOf(1);
            foreach (int port in (int[])[0, 1])
            {
                Ip("link", "set", $"m{RunId}p{port}", "up");
            }
            using (XdpLink link = droplet.Attach(ProgramId.Transit, nic))
            {
                HarnessException busy = Assert.Throws<HarnessException>(() => droplet.Attach(ProgramId.Transit, nic));
                Assert.Contains("another program", busy.Message, StringComparison.Ordinal);
                Send(wire, frame);
                WaitFor(reader, () => events.Count == 1);
                Assert.Equal((nic, new ProgramResult(Verdict.Redirect, Reason.Delivered, Devmap.Transit, 2)), (events[0].Ingress, events[0].Result));
            }
            Send(wire, frame);
            reader.Poll(TimeSpan.FromMilliseconds(200));
            Assert.Single(events);
        });
    }

    [RootFact]
    public void TooLargeAnMtuIsSaidWithItsMend()
    {
        using BpfDataPlane bpf = new(1, RunId);
        BpfWorld.Write(bpf);
        BpfDroplet droplet = bpf.Droplet(BpfWorld.Droplet);
        bpf.Execute(() =>
        {
            foreach (int port in (int[])[0, 1])
            {
                Ip("link", "set", $"m{RunId}p{port}", "up", "mtu", "9000");
            }
            HarnessException refused = Assert.Throws<HarnessException>(() => droplet.Attach(ProgramId.Transit, IndexOf(0)));
            Assert.Contains("3000 works", refused.Message, StringComparison.Ordinal);
        });
    }

    private static void WaitFor(TraceReader reader, Func<bool> done)
    {
        for (long start = Stopwatch.GetTimestamp(); !done() && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60);)
        {
            reader.Poll(TimeSpan.FromMilliseconds(100));
        }
        Assert.True(done(), "no event came");
    }

    private static int IndexOf(int port) =>
        NetworkInterface.GetAllNetworkInterfaces().Single(candidate => candidate.Name == $"m{RunId}p{port}").GetIPProperties().GetIPv4Properties().Index;

    private static void Send(int ifindex, byte[] frame)
    {
        using Socket socket = new(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0);
        Assert.Equal(frame.Length, socket.SendTo(frame, new LinkLayerEndPoint(ifindex)));
    }

    private static void Ip(params string[] arguments)
    {
        using Process ip = Process.Start("ip", arguments);
        ip.WaitForExit();
        Assert.Equal(0, ip.ExitCode);
    }

    /// <summary>struct sockaddr_ll with no more than the interface.</summary>
    private sealed class LinkLayerEndPoint(int ifindex) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            SocketAddress address = new(AddressFamily.Packet, 20);
            for (int i = 0; i < sizeof(int); i++)
            {
                address[4 + i] = (byte)(ifindex >> (8 * i));
            }
            return address;
        }
    }
}
