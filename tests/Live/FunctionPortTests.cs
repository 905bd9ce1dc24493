using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Capture;
using MizarLab.Harness.Functions;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Workload.Proxied;

namespace MizarLab.Tests.Live;

/// <summary>A user-space function at either kind of port: every frame of a veth's other end reaches it whole, and every answer gets back.</summary>
[Collection(LiveCollection.Name)]
public sealed class FunctionPortTests : IAsyncLifetime
{
    private const int Mtu = 3000;
    private const string Near = "near", Far = "far";
    private static readonly MacAddress NearMac = new(0x0200_0000_0001), FarMac = new(0x0200_0000_0002);

    private readonly string runId = LiveLab.NewRunId();
    private IDisposable? entry;
    private NetworkNamespace? near, far;

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }
        entry = RunRegistry.Enter(runId);
        string[] names = [LabNames.Endpoint(runId, 0), LabNames.Endpoint(runId, 1)];
        await new IpBatch().Add("netns", "add", names[0]).Add("netns", "add", names[1]).RunAsync(null, default);
        (near, far) = (NetworkNamespace.Open(names[0]), NetworkNamespace.Open(names[1]));
        near.Run(Harness.Namespaces.StackSettings.ApplyToNamespace);
        far.Run(Harness.Namespaces.StackSettings.ApplyToNamespace);
        await new IpBatch()
            .Add("link", "add", "name", Near, "netns", names[0], "index", "1000", "address", NearMac.ToString(), "mtu", $"{Mtu}", "type", "veth",
                "peer", "name", Far, "netns", names[1], "address", FarMac.ToString(), "mtu", $"{Mtu}")
            .RunAsync(null, default);
        near.Run(() => EthernetDevice.PrepareForXdp(Near));
        far.Run(() => EthernetDevice.PrepareForXdp(Far));
        await new IpBatch().Add("link", "set", "dev", Near, "up").RunAsync(names[0], default);
        await new IpBatch().Add("link", "set", "dev", Far, "up").RunAsync(names[1], default);
        near.Run(() => EthernetDevice.WaitUntilRunning(Near, TimeSpan.FromSeconds(60)));
        far.Run(() => EthernetDevice.WaitUntilRunning(Far, TimeSpan.FromSeconds(60)));
    }

    public async Task DisposeAsync()
    {
        near?.Dispose();
        far?.Dispose();
        if (entry is not null)
        {
            await new IpBatch().Add("netns", "del", LabNames.Endpoint(runId, 0)).Add("netns", "del", LabNames.Endpoint(runId, 1)).RunForcedAsync(default);
            entry.Dispose();
        }
    }

    /// <summary>More frames than the rings have entries, several times over; from the shortest to the longest.</summary>
    [RootFact]
    public void A_packet_socket_gives_and_takes_every_frame() => AllComeBack(near!.Run(() => new InterfaceSocket(Near)));

    [RootFact]
    public void An_AF_XDP_socket_gives_and_takes_every_frame() => AllComeBack(near!.Run(() => new XdpSocket(Near, objects: null)));

    /// <summary>What no tap sees the function tells: both ways, in order, with its time.</summary>
    [RootFact]
    public void What_passes_the_taps_is_told()
    {
        using InterfaceSocket wire = far!.Run(() => new InterfaceSocket(Far));
        using RunningFunction running = new(near!.Run(() => new XdpSocket(Near, objects: null)), new Turner(), Endpoint());
        KernelClock clock = KernelClock.Begin();
        byte[] sent = FrameOf(7, 100);
        Assert.Equal(Turned(sent), Exchange(wire, sent));
        (IReadOnlyList<FunctionFrame> seen, long lost) = running.Finish();
        Sighting[] sightings = [.. seen.Select(frame => frame.ToSighting(clock))];
        Assert.Equal(0, lost);
        Assert.Equal([SightingKind.EndpointReceived, SightingKind.EndpointSent], sightings.Select(s => s.Kind));
        Assert.Equal([sent, Turned(sent)], sightings.Select(s => s.FrameIn));
        Assert.True(sightings[0].Time <= sightings[1].Time && sightings[1].Time <= clock.Now);
    }

    [RootFact]
    public void A_function_that_fails_is_no_silence()
    {
        using InterfaceSocket wire = far!.Run(() => new InterfaceSocket(Far));
        using Failing failing = new();
        using RunningFunction running = new(near!.Run(() => new InterfaceSocket(Near)), failing, Endpoint());
        wire.Send(FrameOf(1, 60));
        Assert.True(failing.Asked.Wait(TimeSpan.FromMinutes(2)), "the function was not asked");
        HarnessException error = Assert.Throws<HarnessException>(() => running.Finish());
        Assert.Contains("the function of endpoint 'p' failed: so it is", error.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void An_interface_that_is_not_there_is_an_error()
    {
        Assert.Contains("'none'", Assert.Throws<HarnessException>(() => near!.Run(() => new XdpSocket("none", objects: null))).Message, StringComparison.Ordinal);
        Assert.Contains("'none'", Assert.Throws<HarnessException>(() => near!.Run(() => new InterfaceSocket("none"))).Message, StringComparison.Ordinal);
    }

    private void AllComeBack(IFunctionPort port)
    {
        const int frames = 3_000, burst = 50;
        using InterfaceSocket wire = far!.Run(() => new InterfaceSocket(Far));
        using RunningFunction running = new(port, new Turner(), Endpoint());
        byte[] buffer = new byte[Mtu + 100];
        for (int first = 0; first < frames; first += burst)
        {
            for (int i = first; i < first + burst; i++)
            {
                Assert.True(wire.Send(FrameOf(i, Bytes(i))));
            }
            for (int i = first; i < first + burst; i++)
            {
                Assert.Equal(Turned(FrameOf(i, Bytes(i))), buffer[..Receive(wire, buffer)]);
            }
        }
        Assert.Equal(0, running.Finish().Lost);
    }

    /// <summary>60 bytes, what a wire has at least, to all the interface takes.</summary>
    private static int Bytes(int frame) => 60 + (frame * 37 % (Mtu + 14 - 60 + 1));

    private static byte[] Exchange(InterfaceSocket wire, byte[] frame)
    {
        byte[] buffer = new byte[Mtu + 100];
        Assert.True(wire.Send(frame));
        return buffer[..Receive(wire, buffer)];
    }

    private static int Receive(InterfaceSocket wire, byte[] buffer)
    {
        for (long end = Environment.TickCount64 + 60_000; Environment.TickCount64 < end; wire.Wait(10))
        {
            if (wire.Receive(buffer) is var bytes and > 0)
            {
                return bytes;
            }
        }
        Assert.Fail("no answer came");
        return 0;
    }

    private static byte[] FrameOf(int number, int bytes)
    {
        byte[] frame = new byte[bytes];
        new Random(number).NextBytes(frame);
        MacAddress.Parse("02:42:ac:11:00:63").Write(frame); // nobody's: as a tunnel's, no stack takes it
        FarMac.Write(frame.AsSpan(6));
        (frame[12], frame[13]) = (0x88, 0xB5);
        return frame;
    }

    private static byte[] Turned(byte[] frame) => [.. frame[6..12], .. frame[..6], .. frame[12..]];

    private LiveEndpoint Endpoint() => new(
        new EndpointId(0), LiveTopology.Plan().Topology[LiveTopology.A] with { Name = "p" }, new DropletId(0), new PortId(1), near!, Near, Far);

    private sealed class Turner : IUserSpaceFunction
    {
        public int Answer(ReadOnlySpan<byte> frame, Span<byte> answer)
        {
            frame.CopyTo(answer);
            frame[6..12].CopyTo(answer);
            frame[..6].CopyTo(answer[6..]);
            return frame.Length;
        }
    }

    private sealed class Failing : IUserSpaceFunction, IDisposable
    {
        public ManualResetEventSlim Asked { get; } = new();

        public int Answer(ReadOnlySpan<byte> frame, Span<byte> answer)
        {
            Asked.Set();
            throw new InvalidOperationException("so it is");
        }

        public void Dispose() => Asked.Dispose();
    }
}
