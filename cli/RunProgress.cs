using MizarLab.Harness.Running;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Cli;

/// <summary>Progress on standard error: one line that is rewritten on a terminal, one line a scenario and backend elsewhere.</summary>
internal sealed class RunProgress(int scenarios) : IRunListener, IDisposable
{
    private int begun;
    private Scenario? current;

    public void Began(Scenario scenario, string backend)
    {
        if (!ReferenceEquals(scenario, current))
        {
            current = scenario;
            begun++;
        }
        Say($"[{begun}/{scenarios}] {scenario.Name} on {backend}");
    }

    public void Ended(Scenario scenario, BackendResult result)
    {
        if (!StatusLine.IsShown)
        {
            Console.Error.WriteLine($"[{begun}/{scenarios}] {scenario.Name} on {result.Backend}: {(result.Run is null ? result.Reason : $"ran in {result.ElapsedMilliseconds} ms")}");
        }
    }

    /// <summary>Shows one line until the next.</summary>
    public void Say(string text) => StatusLine.Show(text);

    public void Clear() => StatusLine.Clear();

    public void Dispose() => Clear();
}
