using System.Runtime.InteropServices;

namespace MizarLab.Cli;

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal as a cancellation, so that whatever runs takes its namespaces and containers down first, however long
/// that takes. A second signal ends the process at once; what it leaves, the next run removes.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private int signal;

    public Interruption() =>
        registrations = [Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGTERM, 15), Register(PosixSignal.SIGHUP, 1)];

    public CancellationToken Token => source.Token;

    /// <summary>As shells count: 130 after Ctrl-C (128 + SIGINT), 143 after SIGTERM.</summary>
    public int ExitCode => 128 + signal;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }
        source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal kind, int number) => PosixSignalRegistration.Create(kind, context =>
    {
        if (Interlocked.CompareExchange(ref signal, number, 0) == 0)
        {
            context.Cancel = true;
            source.Cancel();
        }
    });
}
