namespace MizarLab.Workload.Proxied;

/// <summary>
/// The program behind a proxied endpoint's interface: bytes in, at most one frame out. It neither waits nor keeps time, so that the simulated backends and a
/// socket of a live one run the very same; it is given every frame that reaches the interface, and says what to send there.
/// </summary>
/// <example><code>
/// IUserSpaceFunction function = UserSpaceFunctions.Make(ProxiedFunction.Echo, settings, gatewayMac);
/// int bytes = function.Answer(received, answer);      // 0: nothing is sent
/// </code></example>
public interface IUserSpaceFunction
{
    /// <summary>Takes a frame, mostly Geneve: ICMP errors about what the function sent itself come plain, for they were in no tunnel.</summary>
    /// <param name="frame">From its first Ethernet header on.</param>
    /// <param name="answer">At least as long as <paramref name="frame"/>.</param>
    /// <returns>Bytes of <paramref name="answer"/> to send, in Geneve or plain; 0: none.</returns>
    int Answer(ReadOnlySpan<byte> frame, Span<byte> answer);
}

/// <summary>The functions the lab has.</summary>
public static class UserSpaceFunctions
{
    /// <param name="function">Which.</param>
    /// <param name="settings">Whose interface it stands behind.</param>
    /// <param name="gatewayMac">Where it sends what is not on link.</param>
    public static IUserSpaceFunction Make(Overlay.ProxiedFunction function, StackSettings settings, Packets.MacAddress gatewayMac)
    {
        InnerEcho echo = new(settings, gatewayMac);
        return function switch
        {
            Overlay.ProxiedFunction.Echo => new TunnelEcho(echo),
            Overlay.ProxiedFunction.EchoPlain => new PlainEcho(echo),
            Overlay.ProxiedFunction.Sink => new Sink(),
            Overlay.ProxiedFunction.ForgeVni => new VniForger(new TunnelEcho(echo)),
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, "no function of the lab"),
        };
    }
}
