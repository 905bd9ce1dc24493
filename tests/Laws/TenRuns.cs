using MizarLab.Studies;
using MizarLab.Tests.Studies;

namespace MizarLab.Tests.Laws;

/// <summary>A study's runs under the ten seeds, each made when it is first asked for and once, whatever many laws ask of it.</summary>
/// <param name="make">The study of a seed, whose parameters may be drawn by it.</param>
internal sealed class TenRuns(Func<ulong, IStudy> make)
{
    private readonly (IStudy Study, StudyResult Result)?[] made = new (IStudy, StudyResult)?[Law.Seeds];

    public TenRuns(IStudy study)
        : this(_ => study)
    {
    }

    public double this[ulong seed, string measure]
    {
        get
        {
            ref (IStudy Study, StudyResult Result)? run = ref made[(int)seed - 1];
            if (run is null)
            {
                IStudy study = make(seed);
                run = (study, Ran.Of(study, seed));
            }
            int number = run.Value.Study.Measures.ToList().FindIndex(each => each.Name == measure);
            return run.Value.Result.Values[number];
        }
    }
}
