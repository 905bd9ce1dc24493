using MizarLab.Harness.Capture;
using MizarLab.Harness.Namespaces;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends;

/// <summary>
/// The taps of a live run: at every underlay port (what it receives, a droplet sent; what it sends, is to reach a droplet) and at
/// every endpoint's interface.
/// </summary>
internal sealed class LiveTaps(LiveNetwork network, string runId) : IDisposable
{
    private readonly CaptureReader reader = new();

    /// <summary>By the number a tap was opened under. An endpoint that goes and comes is two.</summary>
    private readonly List<Place> places = [];

    public long QuietMilliseconds => reader.QuietMilliseconds;

    public void OpenUnderlay(int droplets) => network.Underlay.Run(() =>
    {
        for (int i = 0; i < droplets; i++)
        {
            reader.Add(Enter(new Place(new DropletId(i), null)), PacketSocket.OpenTap(LabNames.UnderlayPort(runId, i)));
        }
    });

    public void Open(LiveEndpoint endpoint) =>
        reader.Add(Enter(new Place(endpoint.Droplet, endpoint.Id)), endpoint.Namespace.Run(() => PacketSocket.OpenTap(endpoint.Device)));

    /// <summary>Closes an endpoint's tap, read to its end.</summary>
    public void Close(EndpointId endpoint) => reader.Remove(places.FindLastIndex(p => p.Endpoint == endpoint));

    /// <summary>Stops all taps; what they saw, and how many frames the kernel could not keep.</summary>
    public (IEnumerable<Sighting> Sightings, long Missed) Finish(KernelClock clock)
    {
        (IReadOnlyList<CapturedFrame> frames, long missed) = reader.Finish();
        return (frames.Select(f => ToSighting(f, clock)), missed);
    }

    public void Dispose() => reader.Dispose();

    private int Enter(Place place)
    {
        places.Add(place);
        return places.Count - 1;
    }

    private Sighting ToSighting(CapturedFrame frame, KernelClock clock)
    {
        Place place = places[frame.Tap];
        return new Sighting
        {
            Time = clock.FromRealtime(frame.RealtimeNanoseconds),
            Kind = (place.Endpoint is null, frame.Outgoing) switch
            {
                (true, false) => SightingKind.WireSent,
                (true, true) => SightingKind.WireReceived,
                (false, true) => SightingKind.EndpointSent,
                (false, false) => SightingKind.EndpointReceived,
            },
            Droplet = place.Droplet,
            Endpoint = place.Endpoint,
            FrameIn = frame.Bytes,
            FrameOut = frame.Bytes,
        };
    }

    /// <summary>An underlay port when <see cref="Endpoint"/> is null.</summary>
    private readonly record struct Place(DropletId Droplet, EndpointId? Endpoint);
}
