namespace MizarLab.Workload.Proxied;

/// <summary>Answers in the frame it was asked in: outer headers and options are turned round with it.</summary>
internal sealed class TunnelEcho(InnerEcho echo) : IUserSpaceFunction
{
    public int Answer(ReadOnlySpan<byte> frame, Span<byte> answer)
    {
        if (!TunnelFrame.TryFindInner(frame, out int inner))
        {
            return 0;
        }
        frame.CopyTo(answer);
        if (!echo.TryTurnRound(answer[inner..frame.Length]))
        {
            return 0;
        }
        TunnelFrame.TurnRound(answer);
        return frame.Length;
    }
}

/// <summary>Takes the tunnel off and answers as any endpoint does.</summary>
internal sealed class PlainEcho(InnerEcho echo) : IUserSpaceFunction
{
    public int Answer(ReadOnlySpan<byte> frame, Span<byte> answer)
    {
        if (!TunnelFrame.TryFindInner(frame, out int inner) || TunnelFrame.End(frame) - inner is var bytes && bytes <= 0)
        {
            return 0;
        }
        frame.Slice(inner, bytes).CopyTo(answer);
        return echo.TryTurnRound(answer[..bytes]) ? bytes : 0;
    }
}

/// <summary>Takes everything and says nothing.</summary>
internal sealed class Sink : IUserSpaceFunction
{
    public int Answer(ReadOnlySpan<byte> frame, Span<byte> answer) => 0;
}

/// <summary>Answers for another VPC than its own, which its agent must not let through.</summary>
internal sealed class VniForger(TunnelEcho echo) : IUserSpaceFunction
{
    public int Answer(ReadOnlySpan<byte> frame, Span<byte> answer)
    {
        int bytes = echo.Answer(frame, answer);
        if (bytes > 0)
        {
            TunnelFrame.SetVni(answer, TunnelFrame.VniOf(answer) + 1);
        }
        return bytes;
    }
}
