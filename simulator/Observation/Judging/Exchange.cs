using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Observation.Judging;

/// <summary>A step that is an exchange between two endpoints, and what its sockets saw; no outcome when the backend reported none.</summary>
internal readonly record struct Exchange(Step Step, int Index, StepOutcome? Outcome)
{
    /// <summary>Who talks to whom; null for a step that is no exchange.</summary>
    public static (EndpointId From, Ipv4Address To)? Parties(Step step) => step switch
    {
        PingStep ping => (ping.From, ping.To),
        UdpStep udp => (udp.From, udp.To),
        TcpStep tcp => (tcp.From, tcp.To),
        _ => null,
    };

    /// <summary>All that was to arrive did, unharmed, and all that was to come back.</summary>
    public bool Complete => Outcome is { Intact: true } seen && Step switch
    {
        PingStep ping => seen.Sent == ping.Count && seen.Arrived == ping.Count,
        UdpStep udp => seen.Sent == udp.Count && seen.Arrived == udp.Count && seen.BytesArrived == Bytes(udp)
            && (!udp.Reply || (seen.Returned == udp.Count && seen.BytesReturned == Bytes(udp))),
        TcpStep tcp => seen.Arrived == 1 && seen.BytesArrived == Bytes(tcp) && (!tcp.Reply || seen.BytesReturned == Bytes(tcp)),
        _ => false,
    };

    /// <summary>Something was sent.</summary>
    public bool Tried => Outcome is { Sent: > 0 };

    /// <summary>A socket saw something arrive.</summary>
    public bool Arrived => Outcome is { Arrived: > 0 } or { BytesArrived: > 0 };

    /// <summary><c>udp-1: 2 of 2 datagrams (200 of 200 B) arrived</c>.</summary>
    public string Text
    {
        get
        {
            if (Outcome is not StepOutcome seen)
            {
                return $"{Step.Name}: the backend reported no outcome";
            }
            string counts = Step switch
            {
                PingStep ping => $"{seen.Arrived} of {ping.Count} echoes answered",
                UdpStep udp => $"{seen.Arrived} of {udp.Count} datagrams ({seen.BytesArrived} of {Bytes(udp)} B) arrived"
                    + (udp.Reply ? $", {Math.Max(0, seen.Returned)} ({Math.Max(0, seen.BytesReturned)} B) came back" : ""),
                TcpStep tcp => $"connection {(seen.Arrived > 0 ? "opened" : "not opened")}, {seen.BytesArrived} of {Bytes(tcp)} B arrived"
                    + (tcp.Reply ? $", {Math.Max(0, seen.BytesReturned)} B came back" : ""),
                _ => "",
            };
            string harm = seen.Intact ? "" : ", bytes changed on the way";
            string trouble = seen.Trouble is null ? "" : $" ({seen.Trouble})";
            return $"{Step.Name}: {counts}{harm}{trouble}";
        }
    }

    private static long Bytes(UdpStep step) => (long)step.Payload.Length * step.Count;

    private static long Bytes(TcpStep step) => (long)step.Block.Length * step.Blocks;
}
