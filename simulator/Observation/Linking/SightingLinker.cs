using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Management;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Linking;

/// <summary>
/// Knows which sighting can follow which:
/// <code>
/// endpoint sent ─► agent ─┬► wire sent ─► wire received ─► transit ─┬► wire sent …
///                         └───────────────────────────────────────► └► endpoint received
/// </code>
/// Each arrow is one rule: equal bytes at an equal place. Where a tap saw nothing, the last two rules bridge the gap by bytes alone, so that
/// a blind tap shows as a hop without its wire sighting, not as two halves of a journey.
/// </summary>
internal static class SightingLinker
{
    private const int Underlay = -1;

    /// <summary>How far a live run's observers (ring buffer, underlay taps, endpoint taps) may disagree; a simulated clock is one.</summary>
    public static readonly SimTime LiveSkew = SimTime.FromMicroseconds(200);

    public static Links Link(Plan plan, BackendRun run)
    {
        ImmutableArray<Sighting> all = run.Sightings;
        Sides sides = new();
        FrameIndex frames = new();
        for (int i = 0; i < all.Length; i++)
        {
            sides.Add(plan, frames, all[i], i);
        }
        Links links = new(all.Length, run.Traits.Live ? LiveSkew : SimTime.Zero);
        links.Match(sides.EndpointSent, sides.AgentRuns);
        links.Match(sides.NicExits, sides.WireSentByDroplet);
        links.Match(sides.WireSent, sides.WireReceived);
        links.Match(sides.WireReceivedByDroplet, sides.TransitRunsByDroplet);
        links.Match(sides.EndpointExits, sides.EndpointReceived);
        links.Match(sides.NicExitsAnywhere, sides.WireReceived);
        sides.NicExitsAnywhere.AddRange(sides.WireSent);
        links.Match(sides.NicExitsAnywhere, sides.TransitRuns);
        return links;
    }

    private sealed class Sides
    {
        public List<LinkSide> EndpointSent { get; } = [];
        public List<LinkSide> AgentRuns { get; } = [];
        public List<LinkSide> NicExits { get; } = [];
        public List<LinkSide> NicExitsAnywhere { get; } = [];
        public List<LinkSide> EndpointExits { get; } = [];
        public List<LinkSide> WireSent { get; } = [];
        public List<LinkSide> WireSentByDroplet { get; } = [];
        public List<LinkSide> WireReceived { get; } = [];
        public List<LinkSide> WireReceivedByDroplet { get; } = [];
        public List<LinkSide> TransitRuns { get; } = [];
        public List<LinkSide> TransitRunsByDroplet { get; } = [];
        public List<LinkSide> EndpointReceived { get; } = [];

        public void Add(Plan plan, FrameIndex frames, Sighting seen, int index)
        {
            int came = frames.NumberOf(seen.FrameIn);
            LinkSide At(int place, int frame) => new(place, frame, seen.Time, index);
            int droplet = seen.Droplet.Index;
            switch (seen.Kind)
            {
                case SightingKind.EndpointSent:
                    EndpointSent.Add(At(EndpointOf(seen), came));
                    break;
                case SightingKind.WireSent:
                    WireSentByDroplet.Add(At(droplet, came));
                    WireSent.Add(At(Underlay, frames.NumberOf(Unmarked(seen.FrameIn))));
                    break;
                case SightingKind.WireReceived:
                    WireReceivedByDroplet.Add(At(droplet, came));
                    WireReceived.Add(At(Underlay, frames.NumberOf(Unmarked(seen.FrameIn))));
                    break;
                case SightingKind.EndpointReceived:
                    EndpointReceived.Add(At(EndpointOf(seen), came));
                    break;
                case SightingKind.Program:
                    if (seen.Program == ProgramId.Agent)
                    {
                        AgentRuns.Add(At(EndpointOf(seen), came));
                    }
                    else
                    {
                        TransitRunsByDroplet.Add(At(droplet, came));
                        TransitRuns.Add(At(Underlay, frames.NumberOf(Unmarked(seen.FrameIn))));
                    }
                    AddExit(plan, seen, frames, At);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(seen), seen.Kind, "a sighting of no known kind");
            }
        }

        private void AddExit(Plan plan, Sighting seen, FrameIndex frames, Func<int, int, LinkSide> at)
        {
            Exit exit = Exit.Of(plan, seen);
            if (exit.ByNic)
            {
                int left = frames.NumberOf(seen.FrameOut);
                NicExits.Add(at(seen.Droplet.Index, left));
                NicExitsAnywhere.Add(at(Underlay, frames.NumberOf(Unmarked(seen.FrameOut))));
            }
            else if (exit.To is EndpointId endpoint)
            {
                EndpointExits.Add(at(endpoint.Index, frames.NumberOf(seen.FrameOut)));
            }
        }

        /// <summary>What a switch cannot change of a frame: a queue on the way may set its mark (RFC 3168), and with it the header's checksum.</summary>
        private static byte[] Unmarked(byte[] frame)
        {
            const int ip = Wire.Ethernet.Length;
            if (frame.Length < ip + Wire.Ipv4.Length || Wire.Read16(frame, Wire.Ethernet.Type) != (ushort)EtherType.Ipv4 || (frame[ip + Wire.Ipv4.Tos] & Ecn.Mask) == 0)
            {
                return frame;
            }
            byte[] copy = [.. frame];
            copy[ip + Wire.Ipv4.Tos] &= unchecked((byte)~Ecn.Mask);
            Wire.Write16(copy, ip + Wire.Ipv4.Checksum, 0);
            return copy;
        }

        private static int EndpointOf(Sighting seen) => seen.Endpoint?.Index ?? Underlay;
    }
}
