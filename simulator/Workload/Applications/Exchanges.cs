using MizarLab.Overlay;

namespace MizarLab.Workload.Applications;

/// <summary>Starts the exchange a timeline step describes.</summary>
public static class Exchanges
{
    /// <summary>Whether the step is an exchange between two stacks.</summary>
    public static bool Has(Step step) => step is PingStep or UdpStep or TcpStep;

    /// <summary>From whom to whom an exchange is.</summary>
    public static (EndpointId From, Packets.Ipv4Address To) Ends(Step step) => step switch
    {
        PingStep ping => (ping.From, ping.To),
        UdpStep udp => (udp.From, udp.To),
        TcpStep tcp => (tcp.From, tcp.To),
        _ => throw new ArgumentException($"step '{step.Name}' is no exchange", nameof(step)),
    };

    /// <summary>The port it is for, and of which protocol; 0 of ICMP.</summary>
    public static (ushort Port, Packets.IpProtocol Protocol) PortOf(Step step) => step switch
    {
        UdpStep udp => (udp.Port, Packets.IpProtocol.Udp),
        TcpStep tcp => (tcp.Port, Packets.IpProtocol.Tcp),
        _ => (0, Packets.IpProtocol.Icmp),
    };

    /// <summary>Begins it; the context's callback says when it is over.</summary>
    public static void Start(Step step, ExchangeContext context)
    {
        Exchange exchange = step switch
        {
            PingStep ping => new PingExchange(context, ping),
            UdpStep udp => new UdpExchange(context, udp),
            TcpStep tcp => new TcpExchange(context, tcp),
            _ => throw new ArgumentException($"step '{step.Name}' is no exchange", nameof(step)),
        };
        exchange.Start();
    }
}
